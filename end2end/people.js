// People at the desk of a server: accounts made by links as people get them, roles given behind the server's back.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { PASSWORD, enrol, firstAdministrator, nextCode } from "./desk.js";

export { PASSWORD };

/** Those who have signed in here, by server and name: whoever has an app for codes keeps it. */
const people = new Map();

/** Runs SQL on a place's staff database. */
export function staffSql(place, text) {
  // The server may be writing, or have the whole of it written anew.
  const input = `.timeout 30000\n${text};\n`;
  const out = execFileSync("sqlite3", ["-bail", "-json", join(place.data, "staff.sqlite")], { input, encoding: "utf8" });
  return out.trim() === "" ? [] : JSON.parse(out);
}

export function give(place, login, roles) {
  const rows = roles.map(([role, agency]) => `((select id from accounts where login = '${login}'), '${role}', '${agency}', 1, '')`);
  staffSql(place, `insert into roles (account, role, agency, given, given_by) values ${rows.join(", ")} on conflict do nothing`);
}

/** Signs in as the portal's first administrator, whom the link that the server printed makes. */
export async function first(page, server, login = "first") {
  people.set(`${server.url} ${login}`, await firstAdministrator(page, server, "en", { login, name: "Li Wei" }));
  await expect(page.locator(".who")).toContainText("Li Wei");
}

/** An account more, with the password of the first. */
export function hire(place, login, roles) {
  const id = Buffer.from(login.padEnd(16, ".")).toString("hex").slice(0, 32);
  staffSql(place, `insert into accounts (id, login, name, password, password_set, created, created_by, ended)
    select '${id}', '${login}', 'Officer ${login}', password, password_set, created, '', 0 from accounts where login = 'first'`);
  give(place, login, roles);
  return id;
}

/** Signs somebody in with what opens to them: the password, and the code of an app, which is set up where the desk asks for it. */
export async function signIn(page, server, login) {
  const person = people.get(`${server.url} ${login}`) ?? { login };
  people.set(`${server.url} ${login}`, person);
  await page.goto(`${server.url}/en/desk/sign-in`);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
  if (person.secret) {
    await page.locator("#code").fill(await nextCode(person));
    await page.locator("form.form button").first().click();
  } else if (page.url().includes("/authenticator")) {
    await enrol(page, person);
  }
  // Who it is stands on the page that asks for a code already.
  await expect(page).toHaveURL(/\/desk$/);
  await expect(page.locator(".who")).toBeVisible();
}

/** Sends a form as the page that is open would; answers the address it led to. */
export function post(page, path, fields) {
  return page.evaluate(
    async ([path, fields]) => {
      const token = document.querySelector("input[name=token]").value;
      const answer = await fetch(path, { method: "POST", body: new URLSearchParams([...fields, ["token", token]]) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.url;
    },
    [path, Object.entries(fields)],
  );
}
