// People at the desk of a server: accounts made by links as people get them, roles given behind the server's back.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "@playwright/test";

export const PASSWORD = "seven lanterns over the river";

/** Runs SQL on a place's staff database. */
export function staffSql(place, text) {
  const input = `.timeout 5000\n${text};\n`;
  const out = execFileSync("sqlite3", ["-bail", "-json", join(place.data, "staff.sqlite")], { input, encoding: "utf8" });
  return out.trim() === "" ? [] : JSON.parse(out);
}

export function give(place, login, roles) {
  const rows = roles.map(([role, agency]) => `((select id from accounts where login = '${login}'), '${role}', '${agency}', 1, '')`);
  staffSql(place, `insert into roles (account, role, agency, given, given_by) values ${rows.join(", ")} on conflict do nothing`);
}

/** Signs in as the portal's first administrator, whom the link that the server printed makes. */
export async function first(page, server, login = "first") {
  await expect.poll(() => server.log).toContain("first administrator: ");
  const link = /first administrator: (\S+)/.exec(server.log)[1];
  await page.goto(link.replace("/desk/", "/en/desk/"));
  await page.getByLabel("Your name").fill("Li Wei");
  await page.getByLabel("Name to sign in with").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password once more").fill(PASSWORD);
  await page.getByRole("button", { name: "Make my account" }).click();
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

export async function signIn(page, server, login) {
  await page.goto(`${server.url}/en/desk/sign-in`);
  await page.getByLabel("Name to sign in with").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
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
