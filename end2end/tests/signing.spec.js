// Keys at the desk: made in the browser, never read out of it, saved, lost, brought back; and what they sign.
import { readFile } from "node:fs/promises";
import { copyOf, run, serve } from "../gazette.js";
import { first, give } from "../desk.js";
import { expect, sample, test as base } from "../fixtures.js";

const AGENCY = "gazette.example/finance";
const POST = `${AGENCY}/approver`;
const PASSPHRASE = "lanterns over a quiet river";

// A server of the test's own, and its first administrator, who may do everything here.
const test = base.extend({
  house: async ({ page }, use) => {
    const place = await copyOf(sample());
    const server = await serve(place, { args: ["--no-sample"] });
    await first(page, server);
    give(place, "first", [
      ["registrar", ""],
      ["administrator", AGENCY],
      ["approver", AGENCY],
    ]);
    await use({ server, place, at: (path) => `${server.url}/en/desk${path}` });
    await server.stop();
    await place.remove();
  },
});

const said = (page) => page.locator("[data-key-said]").first();

/** Names a new post of the agency, and makes its key; answers the backup file. */
async function makeKey(page, house, passphrase = PASSPHRASE) {
  await page.goto(house.at(`/posts/of/${AGENCY}`));
  await page.getByLabel("Last part of its id").fill("approver");
  await page.getByLabel("Name in Chinese").fill("审批人");
  await page.getByLabel("Name in English").fill("Approver");
  await page.getByRole("button", { name: "Go on to its key" }).click();
  await expect(said(page)).toContainText("keeps no key");
  await page.locator("[data-make-key]").getByLabel("Passphrase for the backup file").fill(passphrase);
  await page.locator("[data-make-key]").getByLabel("Passphrase once more").fill(passphrase);
  await page.getByRole("button", { name: "Make the key" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save the file" }).click()]);
  const file = await readFile(await download.path(), "utf8");
  await page.getByLabel("I have saved the file").check();
  await page.getByRole("button", { name: "Keep the key here" }).click();
  await expect(page.locator("h1")).toHaveText("A registration");
  return file;
}

async function register(page) {
  await page.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(page.locator("h1")).toContainText("Posts of");
}

const key = (page, house) => page.goto(house.at(`/posts/key/${POST}`));

/** What this browser keeps: for each key its name, and whether it can be read out. */
function kept(page) {
  return page.evaluate(async () => {
    const opening = indexedDB.open("gazette-keys", 1);
    await new Promise((resolve, reject) => Object.assign(opening, { onsuccess: resolve, onerror: reject }));
    const asked = opening.result.transaction("keys").objectStore("keys").getAll();
    await new Promise((resolve, reject) => Object.assign(asked, { onsuccess: resolve, onerror: reject }));
    opening.result.close();
    const read = ({ name, vkey, key }) =>
      Promise.all(["pkcs8", "jwk"].map((form) => crypto.subtle.exportKey(form, key).then(() => form, () => "refused"))).then((exported) => ({
        name,
        vkey,
        extractable: key.extractable,
        exported,
        others: Object.keys(key),
      }));
    return Promise.all(asked.result.map(read));
  });
}

async function restore(page, file, passphrase) {
  const form = page.locator("form[data-restore-key]");
  if (!(await form.isVisible())) await page.getByText("Bring a key back").first().click();
  await form.locator("input[type=file]").setInputFiles({ name: "key.txt", mimeType: "text/plain", buffer: Buffer.from(file) });
  await form.locator("input[type=password]").fill(passphrase);
  await form.getByRole("button").click();
  return form;
}

test("a key is made in the browser, registered, and never read out of it", async ({ page, house }) => {
  const file = await makeKey(page, house);
  await register(page);
  await key(page, house);
  await expect(said(page)).toHaveText(`This browser keeps a registered key for ${POST}.`);
  const [one, ...more] = await kept(page);
  expect(more).toEqual([]);
  expect(one).toMatchObject({ name: POST, extractable: false, exported: ["refused", "refused"] });
  await expect(page.locator(".keyrows").first()).toContainText(one.vkey);
  // The file says what it is of, and holds the key only locked.
  const [kind, about, locked] = file.split("\n");
  expect(kind).toBe("gazette key backup");
  expect(JSON.parse(about)).toMatchObject({ name: POST, vkey: one.vkey, kdf: "PBKDF2-SHA-256", cipher: "AES-256-GCM" });
  expect(JSON.parse(about).rounds).toBeGreaterThanOrEqual(600_000);
  expect(Buffer.from(locked, "base64").includes(Buffer.from("302e020100300506032b6570", "hex"))).toBe(false);
});

test("a browser that lost its storage gets the key back from the file, and from no other", async ({ page, house }) => {
  const file = await makeKey(page, house);
  await register(page);
  await key(page, house);
  const [before] = await kept(page);
  await page.evaluate(() => new Promise((resolve) => Object.assign(indexedDB.deleteDatabase("gazette-keys"), { onsuccess: resolve })));
  await page.reload();
  await expect(said(page)).toHaveText(`This browser keeps no key for ${POST}.`);

  await expect(await restore(page, file, "lanterns over a loud river")).toHaveAttribute("data-state", "wrong-passphrase");
  const [kind, about, locked] = file.split("\n");
  const altered = JSON.parse(about);
  for (const [what, edited] of [
    ["another name in the open", [kind, JSON.stringify({ ...altered, name: `${AGENCY}/other` }), locked].join("\n")],
    ["another key in the open", [kind, JSON.stringify({ ...altered, vkey: "x" }), locked].join("\n")],
    ["an altered lock", [kind, about, locked.replace(/^../, locked.startsWith("AA") ? "BB" : "AA")].join("\n")],
  ]) {
    await expect(await restore(page, edited, PASSPHRASE), what).toHaveAttribute("data-state", "wrong-passphrase");
  }
  for (const weak of [{ ...altered, rounds: 1 }, { ...altered, kdf: "none" }]) {
    await expect(await restore(page, [kind, JSON.stringify(weak), locked].join("\n"), PASSPHRASE)).toHaveAttribute("data-state", "not-a-backup");
  }
  await expect(await restore(page, "hello", PASSPHRASE)).toHaveAttribute("data-state", "not-a-backup");
  const elsewhere = [kind, JSON.stringify({ ...altered, chain: "A".repeat(43) + "=" }), locked].join("\n");
  await expect(await restore(page, elsewhere, PASSPHRASE)).toHaveAttribute("data-state", "other-chain");
  expect(await kept(page)).toEqual([]);

  await expect(await restore(page, file, PASSPHRASE)).toHaveAttribute("data-state", "restored");
  await expect(said(page)).toHaveText(`This browser keeps a registered key for ${POST}.`);
  expect(await kept(page)).toEqual([before]);
});

test("a key of the command line comes into the browser, and stays there", async ({ page, house }) => {
  const path = `${house.place.path}/approver.key`;
  const { out } = await run(["post", "key", "--out", path, "--name", POST], house.place);
  await makeKey(page, house);
  await register(page);
  await key(page, house);
  await page.getByLabel("Public half").fill(out.trim());
  await page.getByRole("button", { name: "Have it registered" }).click();
  await register(page);
  await key(page, house);
  await expect(await restore(page, await readFile(path, "utf8"), "")).toHaveAttribute("data-state", "restored");
  const [one] = await kept(page);
  expect(one).toMatchObject({ vkey: out.trim(), extractable: false, exported: ["refused", "refused"] });
  await expect(said(page)).toContainText("a registered key");
});

test("passphrases that are short or differ make no key", async ({ page, house }) => {
  await page.goto(house.at(`/posts/key/${POST}?agency=${AGENCY}&zh=a&en=a`));
  const form = page.locator("[data-make-key]");
  for (const [one, other, state] of [
    ["short", "short", "short-passphrase"],
    [PASSPHRASE, `${PASSPHRASE}!`, "passphrases-differ"],
  ]) {
    await form.getByLabel("Passphrase for the backup file").fill(one);
    await form.getByLabel("Passphrase once more").fill(other);
    await form.getByRole("button").click();
    await expect(form).toHaveAttribute("data-state", state);
  }
  expect(await kept(page)).toEqual([]);
});

test("a registrar's key signs in the browser what the page shows, and nothing else", async ({ page, house }) => {
  await makeKey(page, house);
  const registration = page.url();
  const file = await readFile(`${house.place.data}/keys/registrar.key`, "utf8");
  await page.goto(house.at("/registrations"));
  await expect(await restore(page, file, "")).toHaveAttribute("data-state", "restored");
  await expect(said(page)).toContainText("a registered key for gazette.example/registrar");

  const sign = page.locator("form[data-sign-text]");
  for (const [what, alter] of [
    ["another key", () => (document.querySelector("[data-registration] [data-field=key]").textContent += "A")],
    ["a key left out", () => document.querySelector("[data-registration] [data-field=key]").remove()],
    ["another name", () => (document.querySelector("[data-registration] [data-field=name]").textContent = "Minister")],
    ["another post", () => (document.querySelector("[data-registration] [data-field=post]").textContent += "s")],
    ["another text", () => (document.querySelector("[data-text]").textContent = document.querySelector("[data-text]").textContent.replace("审批人", "部长"))],
  ]) {
    await page.goto(registration);
    await page.evaluate(alter);
    await sign.getByRole("button").click();
    await expect(sign, what).toHaveAttribute("data-state", "shown-differs");
  }
  await page.goto(registration);
  await page.evaluate(() => {
    const text = document.querySelector("[data-text]");
    text.textContent = text.textContent.replace("gazette.example/log\n", "other.example/log\n");
  });
  await sign.getByRole("button").click();
  await expect(sign).toHaveAttribute("data-state", "other-chain");

  await page.goto(registration);
  await sign.getByRole("button").click();
  await expect(page.locator("h1")).toContainText("Posts of");
  await expect(page.locator("main")).toContainText(POST);
});

test("a registrar signs the file on a machine of their own, and hands it in", async ({ page, house }) => {
  await makeKey(page, house);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "The text as a file" }).click()]);
  const text = await download.path();
  const signed = await run(["registrar", "sign", "--key", `${house.place.data}/keys/registrar.key`, text], house.place);
  expect(signed.code).toBe(0);
  const form = page.locator("form", { hasText: "Or its contents" });
  await form.locator("textarea").fill(signed.out.replace("审批人", "部长"));
  await form.getByRole("button").click();
  await expect(page.locator(".faults")).toContainText("exactly this text");
  await form.locator("input[type=file]").setInputFiles({ name: "signed.txt", mimeType: "text/plain", buffer: Buffer.from(signed.out) });
  await expect(form.locator("textarea")).toHaveValue(/— gazette\.example\/registrar /);
  await form.getByRole("button").click();
  await expect(page.locator("h1")).toContainText("Posts of");
  await expect(page.locator("main")).toContainText(POST);
});

test("a key that was ended says so in the browser that keeps it", async ({ page, house }) => {
  await makeKey(page, house);
  await register(page);
  const row = page.locator("li", { hasText: POST }).first();
  await row.getByText("End this key").click();
  await row.getByLabel("How it ended").selectOption("lost");
  await row.getByRole("button", { name: "Ask for its end" }).click();
  await register(page);
  await key(page, house);
  await expect(said(page)).toHaveText(`This browser keeps a key for ${POST} that has ended. It signs nothing any more.`);
  await expect(page.locator(".keyrows").first()).toContainText("lost: signs nothing from entry");
});
