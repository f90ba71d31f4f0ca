// People at the desk, as tests need them: the first administrator, those who are invited, and the codes of their phones.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { resolve } from "node:path";
import { expect } from "@playwright/test";

export const PASSWORD = "seven lanterns over the river";

/** The one-time link that a server of a new desk prints at its start. */
export async function firstLink(server) {
  await expect.poll(() => /first administrator: (http\S+)/.exec(server.log)?.[1]).toBeTruthy();
  return /first administrator: (http\S+)/.exec(server.log)[1];
}

function base32(text) {
  const bits = [...text].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** What an app shows in one step of thirty seconds (RFC 6238). */
function codeOf(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The next code that the desk takes from this person: each opens once, and one step ahead counts as now. */
export async function nextCode(person) {
  const now = () => Math.floor(Date.now() / 30_000);
  person.step = Math.max(now(), (person.step ?? 0) + 1);
  await expect.poll(now, { timeout: 60_000 }).toBeGreaterThanOrEqual(person.step - 1);
  return codeOf(person.secret, person.step);
}

/** Fills the form of a one-time link that makes an account. */
export async function join(page, link, person) {
  await page.goto(link);
  if (person.name) await page.locator("#name").fill(person.name);
  await page.locator("#login").fill(person.login);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("#repeat").fill(PASSWORD);
  await page.locator("form.form button").click();
}

/** Sets up the app that makes codes, on the page that asks for it; ends on the desk's first page. */
export async function enrol(page, person) {
  await expect(page.locator("svg.qr")).toBeVisible();
  person.secret = await page.locator("input[name=secret]").inputValue();
  await page.locator("#code").fill(await nextCode(person));
  await page.locator("form.form button").click();
  await expect(page.locator("ol.codes li")).toHaveCount(10);
  person.codes = await page.locator("ol.codes li").allTextContents();
  await page.locator("main a.button").click();
}

/** The portal's first administrator, signed in. */
export async function firstAdministrator(page, server, lang = "en", person = { login: "li.wei", name: "李伟" }) {
  await join(page, (await firstLink(server)).replace("/desk/", `/${lang}/desk/`), person);
  await enrol(page, person);
  return person;
}

/** The same under another name, where the test is about something else. */
export const first = (page, server, login = "first") => firstAdministrator(page, server, "en", { login, name: "Li Wei" });

/** Runs SQL on a place's staff database. */
export function staffSql(place, text) {
  const input = `.timeout 5000\n${text};\n`;
  const out = execFileSync("sqlite3", ["-bail", "-json", resolve(place.data, "staff.sqlite")], { input, encoding: "utf8" });
  return out.trim() === "" ? [] : JSON.parse(out);
}

export function give(place, login, roles) {
  const rows = roles.map(([role, agency]) => `((select id from accounts where login = '${login}'), '${role}', '${agency}', 1, '')`);
  staffSql(place, `insert into roles (account, role, agency, given, given_by) values ${rows.join(", ")} on conflict do nothing`);
}

export async function signOut(page) {
  await page.locator("form.who button").click();
}

export async function signIn(page, person, lang = "en") {
  await page.goto(`/${lang}/desk/sign-in`);
  await page.locator("#login").fill(person.login);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("form.form button").click();
  if (person.secret) {
    await page.locator("#code").fill(await nextCode(person));
    await page.locator("form.form button").click();
  }
}

/** Invites somebody into an agency; answers the link, which is shown this once. */
export async function invite(page, agency, whom, roles, lang = "en") {
  await page.goto(`/${lang}/desk/people/of/${agency}`);
  await page.locator("#whom").fill(whom);
  for (const role of roles) await page.locator(`#role-${role}`).check();
  await page.locator("form:has(#whom) button").click();
  await expect(page).toHaveURL(/\/desk\/people\/link$/);
  return page.locator(".once code").textContent();
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
