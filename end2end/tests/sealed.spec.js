// An agency that keeps its own seal: its desk approves, whoever publishes there saves what is to be sealed, seals it with the command line on
// a machine of the agency's own, and brings it back; with scripts and without. Readers see who kept the key.
import { AGENCY, begin, house, keyOf, ruled, signed } from "../officers.js";
import { checked, expect, panel, test as base } from "../fixtures.js";
import { run } from "../gazette.js";
import { key, registration } from "../operator.js";

const test = base.extend({ house });

/** What a command printed last: the sealed note. */
const printed = (out) => out.split("\n").findLast((line) => line.startsWith("{"));

/** From now on the agency has a seal that no server keeps, and the portal's is retired; answers the file of its key. */
async function sealsItself(house) {
  const { place, server } = house;
  const file = `${place.path}/seal.key`;
  const made = await run(["registrar", "key", "--out", file, "--name", AGENCY], place);
  expect(made.code, made.out).toBe(0);
  const portal = key(place, `seal-${AGENCY.replace("/", "+")}`).vkey;
  const note = registration(place, AGENCY, [], {
    name: { en: "Yunze Finance Bureau", zh: "云泽市财政局" },
    seals: [
      { key: portal, custody: "portal", ended: { how: "retired", at: await house.size() } },
      { key: made.out.split("\n").find((line) => line.startsWith(`${AGENCY}+`)), custody: "agency" },
    ],
  });
  const answer = await fetch(`${server.url}/submit`, { method: "POST", body: `${JSON.stringify({ note, parts: [] })}\n` });
  expect(JSON.parse(await answer.text()).index).toBeGreaterThan(0);
  return file;
}

/** Brings what the command printed, as a file or pasted. */
async function bring(page, text, { pasted }) {
  const form = page.locator("#seal form");
  if (pasted) await form.getByLabel("Or its contents").fill(text);
  else await form.getByLabel("Sealed file").setInputFiles({ name: "sealed.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await form.getByRole("button", { name: "Bring it back" }).click();
}

for (const scripts of [false, true]) {
  test(`what an agency approved is sealed on its own machine and published, ${scripts ? "with" : "without"} scripts`, async ({ house, page }) => {
    test.setTimeout(240_000);
    const { place } = house;
    const seal = await sealsItself(house);
    const officer = await house.enter("dong", [["approver", AGENCY]]);
    await keyOf(officer, house, "dong", "director");
    await ruled(house, [["sign", 1, ["director"]]]);
    const publisher = await house.enter("shu", [["publisher", AGENCY]], { javaScriptEnabled: scripts });

    // Whoever writes is told before anybody approves it.
    const author = await house.enter("zhao");
    await begin(author, house);
    await author.getByRole("button", { name: "Save and submit for approval" }).click();
    await expect(author.locator(".lead")).toContainText("your agency seals for itself");
    await author.getByRole("button", { name: "Submit for approval", exact: true }).click();
    await expect(author.locator(".stand")).toContainText("Waits for approval");
    await expect(author.locator("#seal")).toContainText("your agency seals for itself");
    const url = author.url();

    await signed(officer, url);
    await expect(async () => {
      await publisher.goto(url);
      await expect(publisher.locator(".stand")).toContainText("Approved; waits for the agency's seal", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(officer.locator("#seal form")).toHaveCount(0);
    await publisher.goto(house.at("/drafts"));
    await publisher.getByRole("link", { name: "Lanterns of the old town" }).first().click();

    const link = publisher.getByRole("link", { name: "Save what is to be sealed" });
    const [download] = await Promise.all([publisher.waitForEvent("download"), link.click()]);
    expect(download.suggestedFilename()).toBe("to-seal.json");
    const ask = `${place.path}/to-seal.json`;
    await download.saveAs(ask);
    const before = await house.size();
    // A seal of old is none, however it came about.
    const old = await run(["seal", "--key", `${place.data}/keys/seal-${AGENCY.replace("/", "+")}.key`, ask], place);
    expect(old.code, old.out).toBe(0);
    await bring(publisher, printed(old.out), { pasted: scripts });
    await expect(publisher.locator(".faults")).toContainText("This is no statement under a seal of your agency that is good now.");
    expect(await house.size()).toBe(before);

    const sealed = await run(["seal", "--key", seal, ask], place);
    expect(sealed.code, sealed.out).toBe(0);
    expect(sealed.out).toContain('title: "Lanterns of the old town"');
    await bring(publisher, printed(sealed.out), { pasted: scripts });
    await expect(async () => {
      await publisher.goto(url);
      await expect(publisher.locator(".stand")).toContainText("Published", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    expect(await house.size()).toBe(before + 1);

    const address = house.server.url + (await publisher.getByRole("link", { name: "See it as readers do" }).getAttribute("href"));
    for (const [lang, kept] of [
      ["en", "Who keeps the keythe agency itself"],
      ["zh", "密钥由谁保管机关自行保管"],
    ]) {
      await checked(page, address.replace("/en/", `/${lang}/`));
      await expect(panel(page, "C5")).toHaveAttribute("data-check", "holds");
      await expect(panel(page, "C6")).toHaveAttribute("data-check", "holds");
      await panel(page, "C5").locator("summary").click();
      await expect(panel(page, "C5")).toContainText(kept);
    }
  });
}
