// Signing by hand: officers who run no script of the portal's. They save what is to be signed by a link, sign it with the command line on a
// machine of their own, and hand it in by a form; with a key of the command line's, or with the backup of one that a browser made.
import { chmod, writeFile } from "node:fs/promises";
import { AGENCY, begin, house, keyOf, ruled, submit } from "../officers.js";
import { expect, test as base } from "../fixtures.js";
import { run } from "../gazette.js";

const test = base.extend({ house });
const POST = `${AGENCY}/director`;
const RULE = [["sign", 1, ["director"]]];

/** What a command printed last: the step that it signed. */
const printed = (out) => out.split("\n").findLast((line) => line.startsWith("{"));

/** A file in the officer's own folder, for nobody else. */
async function own(house, name, text) {
  const path = `${house.place.path}/${name}`;
  await writeFile(path, text);
  await chmod(path, 0o600);
  return path;
}

/** Saves what is to be signed from the page of a case; answers where. */
async function save(page, house) {
  await page.locator(".elsewhere summary").click();
  const link = page.getByRole("link", { name: "Save what is to be signed" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("step.json");
  const path = `${house.place.path}/step.json`;
  await download.saveAs(path);
  return path;
}

const handIn = (page) => page.locator(".elsewhere form").getByRole("button", { name: "Hand it in" }).click();

/** That the step stands on the page, and what it led to is published. */
async function stands(page) {
  await expect(page.locator("li[data-decision=approve]").first()).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.locator('main a[href*="/en/disclosures/"]').first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

test("an officer without scripts has a key registered, saves a step, signs it by the command line and hands it in", async ({ house }) => {
  test.setTimeout(240_000);
  const { place, admin } = house;
  const officer = await house.enter("dong", [["approver", AGENCY]], { javaScriptEnabled: false });
  const key = `${place.path}/director.key`;
  await run(["post", "key", "--out", key, "--name", POST], place);
  await officer.goto(house.at(`/posts/key/${POST}?agency=${AGENCY}&zh=${encodeURIComponent("局长")}&en=Director`));
  const [, origin, account] = /--origin (\S+) --account (\S+)/.exec(await officer.locator("pre.command").first().textContent());
  const proof = (await run(["post", "prove", "--key", key, "--origin", origin, "--account", account], place)).out;
  await officer.getByLabel("Proof that you have the key").fill(proof);
  await officer.getByRole("button", { name: "Have it registered" }).click();
  await expect(officer.locator("h1")).toContainText("Posts of");
  await admin.goto(house.at("/registrations"));
  await admin.getByRole("link", { name: POST }).click();
  await admin.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(admin.locator("h1")).toContainText("Posts of");
  house.hold("dong", "director");
  await ruled(house, RULE);
  const author = await house.enter("zhao");
  await begin(author, house);
  const url = await submit(author);

  await officer.goto(url);
  await expect(officer.locator("form.sign")).toBeHidden();
  const step = await save(officer, house);
  const signed = await run(["post", "sign", "--key", key, "--decision", "approve", step], place);
  expect(signed.code, signed.out).toBe(0);
  expect(signed.out).toContain('title: "Lanterns of the old town"');
  // What is no step is not taken, and it is said why.
  await officer.locator(".elsewhere textarea").fill("{}");
  await handIn(officer);
  await expect(officer.locator(".faults")).toContainText("This is no step of this case.");
  expect(house.steps()).toBe(0);
  await officer.locator(".elsewhere textarea").fill(printed(signed.out));
  await handIn(officer);
  await stands(officer);
});

test("an officer whose key a browser made signs with its backup file on a machine of their own", async ({ house, browser }) => {
  test.setTimeout(240_000);
  const { place } = house;
  const officer = await house.enter("dong", [["approver", AGENCY]]);
  const backup = await own(house, "key-backup.txt", await keyOf(officer, house, "dong", "director"));
  await ruled(house, RULE);
  const author = await house.enter("zhao");
  await begin(author, house);
  const url = await submit(author);

  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await officer.context().storageState() });
  const page = await plain.newPage();
  await page.goto(url);
  const step = await save(page, house);
  const sign = (...more) => run(["post", "sign", "--key", backup, "--decision", "approve", ...more, step], place);
  const none = await sign();
  expect(none.code).not.toBe(0);
  expect(none.out).toContain("no passphrase was given");
  const wrong = await sign("--passphrase-file", await own(house, "wrong.txt", "lanterns over a loud river\n"));
  expect(wrong.code).not.toBe(0);
  expect(wrong.out).toContain("the passphrase does not open it");
  const signed = await sign("--passphrase-file", await own(house, "right.txt", "lanterns over a quiet river\n"));
  expect(signed.code, signed.out).toBe(0);
  const file = { name: "signed.json", mimeType: "application/json", buffer: Buffer.from(printed(signed.out)) };
  await page.locator(".elsewhere input[type=file]").setInputFiles(file);
  await handIn(page);
  await stands(page);
  // It is the key that the browser keeps: none was registered anew.
  await officer.goto(house.at(`/posts/key/${POST}`));
  await expect(officer.locator("[data-key-said]").first()).toContainText("keeps a registered key");
  await expect(officer.locator(".keyrows").first().locator("li")).toHaveCount(1);
  await plain.close();
});
