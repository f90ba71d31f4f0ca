// People at the desk, as tests need them: the first administrator, those who are invited, and the codes of their phones.
import { createHmac } from "node:crypto";
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
  await expect(page.locator("ol.codes")).toHaveCount(0);
}

/** The portal's first administrator, signed in. */
export async function firstAdministrator(page, server, lang = "en", person = { login: "li.wei", name: "李伟" }) {
  await join(page, (await firstLink(server)).replace("/desk/", `/${lang}/desk/`), person);
  await enrol(page, person);
  return person;
}

export async function signOut(page) {
  await page.locator("form.who button").click();
  await expect(page).toHaveURL(/\/desk\/sign-in\?out=1$/);
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
  await expect(page).toHaveURL(/\/desk$/);
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
