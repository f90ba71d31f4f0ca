// An agency's officers at a desk of their own, each in a browser of their own: who writes, whose post signs, and by which rule.
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { sample } from "./fixtures.js";
import { copyOf, serve } from "./gazette.js";
import { first, give, hire, signIn, staffSql } from "./people.js";

export const AGENCY = "gazette.example/finance";
export const OTHER = "gazette.example/transport";
const PASSPHRASE = "lanterns over a quiet river";

/** A fixture: a server of the test's own, and its first administrator, who registers and looks after both agencies. */
export async function house({ page, browser }, use) {
  const place = await copyOf(sample());
  const server = await serve(place, { args: ["--no-sample"] });
  await first(page, server);
  give(place, "first", [
    ["registrar", ""],
    ["administrator", AGENCY],
    ["administrator", OTHER],
  ]);
  const contexts = [];
  const house = {
    server,
    place,
    admin: page,
    at: (path, lang = "en") => `${server.url}/${lang}/desk${path}`,
    /** Somebody in a browser of their own; who writes, if nothing else is said. */
    async enter(login, roles = [["drafter", AGENCY]], options = {}) {
      hire(place, login, roles);
      const context = await browser.newContext(options);
      contexts.push(context);
      const theirs = await context.newPage();
      await signIn(theirs, server, login);
      return theirs;
    },
    hold: (login, post) =>
      staffSql(place, `insert into post_holders (post, account, given, given_by) select '${AGENCY}/${post}', id, 1, '' from accounts where login = '${login}'`),
    sql: (text) => staffSql(place, text),
    written: (id) => JSON.parse(staffSql(place, `select written from drafts where id = '${id}'`)[0].written),
    /** How many entries the log has. */
    async size() {
      const checkpoint = await (await fetch(`${server.url}/log/checkpoint`)).text();
      return Number(checkpoint.split("\n")[1]);
    },
    steps: () => staffSql(place, "select count(*) as n from steps")[0].n,
  };
  await use(house);
  for (const context of contexts) await context.close();
  await page.goto("about:blank");
  await server.stop();
  await place.remove();
}

/** That nothing was logged, published or taken while `act` went on. */
export async function unmoved(house, act) {
  const before = [await house.size(), house.steps()];
  const answer = await act();
  expect([await house.size(), house.steps()]).toEqual(before);
  return answer;
}

/** Has a registration that is open registered, with the key on the server. */
export async function register(admin) {
  await admin.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(admin.locator("h1")).toContainText("Posts of");
}

/** Makes the key of a post in its officer's browser, and has it registered; answers its backup file's text. */
export async function keyOf(page, house, login, post) {
  await page.goto(house.at(`/posts/key/${AGENCY}/${post}?agency=${AGENCY}&zh=${encodeURIComponent("岗位")}${post}&en=Post+${post}`));
  const form = page.locator("[data-make-key]");
  await form.getByLabel("Passphrase for the backup file").fill(PASSPHRASE);
  await form.getByLabel("Passphrase once more").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Make the key" }).click();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save the file" }).click()]);
  const file = await readFile(await saved.path(), "utf8");
  await page.getByLabel("I have saved the file").check();
  await page.getByRole("button", { name: "Keep the key here" }).click();
  await expect(page.locator("h1")).toContainText("Posts of");
  await house.admin.goto(house.at("/registrations"));
  await house.admin.getByRole("link", { name: `${AGENCY}/${post}` }).click();
  await register(house.admin);
  house.hold(login, post);
  return file;
}

/** The private half of a key, out of its backup file, as whoever knows the passphrase could have it. */
export function carriedOff(file) {
  const [, line, locked] = file.split("\n");
  const about = JSON.parse(line);
  const [salt, iv, bytes] = [about.salt, about.iv, locked].map((text) => Buffer.from(text, "base64"));
  const cipher = createDecipheriv("aes-256-gcm", pbkdf2Sync(PASSPHRASE, salt, about.rounds, 32, "sha256"), iv);
  cipher.setAAD(Buffer.from(line)).setAuthTag(bytes.subarray(-16));
  return { name: about.name, vkey: about.vkey, pkcs8: Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString("base64") };
}

/** A key that the test made or read by itself, as a browser could keep it. */
export const portable = ({ name, vkey, privateKey }) => ({ name, vkey, pkcs8: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64") });

/** Puts such a key into a browser whose page signs, where its own keys are kept; by another name if that is wanted. */
export function putKey(page, key, name = key.name) {
  return page.evaluate(
    async ([{ vkey, pkcs8 }, name]) => {
      const bytes = Uint8Array.from(atob(pkcs8), (c) => c.charCodeAt(0));
      const key = await crypto.subtle.importKey("pkcs8", bytes, { name: "Ed25519" }, false, ["sign"]);
      const opening = indexedDB.open("gazette-keys", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
      await new Promise((resolve, reject) => Object.assign(opening, { onsuccess: resolve, onerror: reject }));
      const turn = opening.result.transaction("keys", "readwrite");
      turn.objectStore("keys").put({ name, vkey, key, kept: Date.now() }, `${document.querySelector("[data-signing][data-identity]").dataset.identity} ${name}`);
      await new Promise((resolve, reject) => Object.assign(turn, { oncomplete: resolve, onabort: reject }));
      opening.result.close();
    },
    [key, name],
  );
}

/** Registers a rule: each row its code, how many of which posts, and which codes it waits for; posts that may skip a step; when steps are logged. */
export async function ruled(house, rows, overriders = [], { deferred = false } = {}) {
  const { admin } = house;
  await admin.goto(house.at(`/posts/of/${AGENCY}`));
  const form = admin.locator("form.rule-form");
  const sets = form.locator("fieldset.rule-row");
  for (const [n, [code, count, posts, after = ""]] of rows.entries()) {
    await form.locator(`[name=code-${n}]`).fill(code);
    await form.locator(`[name=genre-${n}]`).fill("*");
    await form.locator(`[name=count-${n}]`).fill(String(count));
    await form.locator(`[name=after-${n}]`).fill(after);
    for (const box of await sets.nth(n).locator("input[type=checkbox]").all()) {
      const post = (await box.getAttribute("value")).split("/").at(-1);
      await box.setChecked(posts.includes(post));
    }
  }
  await form.locator("[name=overriders]").fill(overriders.map((post) => `${AGENCY}/${post}`).join("\n"));
  await form.locator("[name=deferred]").setChecked(deferred);
  await form.getByRole("button").first().click();
  await expect(admin.locator("h1")).toHaveText("A registration");
  await register(admin);
}

/** Begins a draft and fills it; answers its id. */
export async function begin(page, house, { title = "Lanterns of the old town", text = "All of them are **lit**." } = {}) {
  await page.goto(house.at("/drafts"));
  await page.getByRole("button", { name: "Document", exact: true }).click();
  await page.getByLabel("Kind of document", { exact: true }).selectOption("faq");
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByLabel("Text", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator(".done")).toBeVisible();
  return new URL(page.url()).pathname.split("/").at(-1);
}

/** Submits the draft that is open; answers the address of its case. */
export async function submit(page) {
  await page.getByRole("button", { name: "Save and submit for approval" }).click();
  await page.getByRole("button", { name: "Submit for approval", exact: true }).click();
  await expect(page.locator(".stand")).toContainText("Waits for approval");
  return page.url();
}

/** Fills the form of a step and signs; what became of it stands in the form. */
export async function sign(page, decision = "Approved", button = "Sign") {
  const form = page.locator("form.sign").first();
  await form.getByLabel(decision, { exact: true }).check();
  await form.getByRole("button", { name: button }).click();
  return form;
}

/** Presses a button of a form, and waits for the page that this leads to: going elsewhere before would break off what was sent. */
export async function press(page, button) {
  await Promise.all([page.waitForEvent("framenavigated"), button.click()]);
}

/** What is done signs a step, and it is taken: the page comes back by itself, and shows it. */
export async function taken(page, done) {
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/steps") && answer.ok());
  await Promise.all([answered, page.waitForEvent("framenavigated"), done()]);
  await page.waitForLoadState();
}

/** Opens a case and signs what waits there, which is taken. */
export async function signed(page, url) {
  await page.goto(url);
  await taken(page, () => sign(page));
}

/** Waits until what a case is about is published; answers its entry's number. */
export async function published(page, url) {
  await expect(async () => {
    await page.goto(url);
    await expect(page.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  const path = await page.getByRole("link", { name: "See it as readers do" }).getAttribute("href");
  return Number(path.split("/").at(-1));
}

/** Two steps one behind the other, the first of which a third post may skip: who writes, and the three officers with their keys. */
export async function skippable(house) {
  const officers = { author: await house.enter("author") };
  for (const [post, role] of [["lawyer", "reviewer"], ["director", "approver"], ["minister", "approver"]]) {
    officers[post] = await house.enter(post, [[role, AGENCY]]);
    await keyOf(officers[post], house, post, post);
  }
  await ruled(house, [["legal", 1, ["lawyer"]], ["sign", 1, ["director"], "legal"]], ["minister"]);
  return officers;
}

/** That a draft's script hears what is done on its page from here on. */
export const awake = (page) => expect(page.locator("html")).toHaveAttribute("data-editing", "awake");

/** Shows somebody the page of a case as it is shown to another, under their own session: what a page forged by them, or kept from before, would be. */
export async function shownAs(page, other, url) {
  const html = await other.evaluate((at) => fetch(at).then((answer) => answer.text()), url);
  await page.goto(url);
  const own = await page.locator("input[name=token]").first().getAttribute("value");
  const forged = html.replace(/(name="token" value|data-token)="[^"]*"/g, `$1="${own}"`);
  await page.route(url, async (route) => route.fulfill({ response: await route.fetch(), body: forged }), { times: 1 });
  await page.goto(url);
}
