// The charter, amended at the desk by two registrars, each in a browser of their own: every text is signed by who was a registrar
// before it, and only if it is what the page shows.
import { readFile } from "node:fs/promises";
import { first, hire, signIn } from "../people.js";
import { checked, expect, panel, sample, test as base } from "../fixtures.js";
import { copyOf, run, serve } from "../gazette.js";

const PASSPHRASE = "lanterns over a quiet river";
const ONE = "gazette.example/registrar";
const TWO = "gazette.example/registrar-2";

// A server of the test's own, with two people who register: the one whose key the trial began with, and another.
const test = base.extend({
  house: async ({ page, browser, audience }, use) => {
    const place = await copyOf(sample());
    const server = await serve(place, { args: ["--no-sample"] });
    await first(page, server);
    for (const login of ["zhao", "qian"]) hire(place, login, [["registrar", ""]]);
    const people = {};
    for (const login of ["zhao", "qian"]) {
      const context = await browser.newContext();
      people[login] = audience(await context.newPage(), login);
      await signIn(people[login], server, login);
    }
    await use({ server, place, ...people, at: (path) => `${server.url}/en/desk${path}` });
    for (const login of ["zhao", "qian"]) await people[login].context().close();
    await page.goto("about:blank");
    await server.stop();
    await place.remove();
  },
  // What the pages of others complain of fails the test, too; a form that is refused answers 422.
  audience: async ({}, use) => {
    const complaints = [];
    await use((page, who) => {
      page.on("pageerror", (error) => complaints.push(`${who}: ${error}`));
      page.on("console", (message) => {
        if (message.type() === "error" && !/status of 422 /.test(message.text())) complaints.push(`${who}: ${message.text()}`);
      });
      return page;
    });
    expect(complaints).toEqual([]);
  },
});

test.slow();

const said = (page) => page.locator("[data-key-said]").first();
const sign = (page) => page.locator("form[data-sign-text]");

/** Brings the key that the trial began with into somebody's browser. */
async function restore(page, house) {
  const file = await readFile(`${house.place.data}/keys/registrar.key`);
  await page.goto(house.at(`/charter/key/${ONE}`));
  await page.getByText("Bring a key back").click();
  const form = page.locator("form[data-restore-key]");
  await form.locator("input[type=file]").setInputFiles({ name: "key.txt", mimeType: "text/plain", buffer: file });
  await form.locator("button").click();
  await expect(form).toHaveAttribute("data-state", "restored");
}

/** Makes somebody's own key; answers where it waits to become a registrar's, and its backup. */
async function makeKey(page, house) {
  await page.goto(house.at("/charter"));
  await page.getByLabel("Last part of its name").fill("registrar-2");
  await page.getByRole("button", { name: "Go on to its key" }).click();
  await expect(said(page)).toHaveText(`This browser keeps no key for ${TWO}.`);
  await page.getByLabel("Passphrase for the backup file").fill(PASSPHRASE);
  await page.getByLabel("Passphrase once more").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Make the key" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save the file" }).click()]);
  const file = await readFile(await download.path(), "utf8");
  await page.getByLabel("I have saved the file").check();
  await page.getByRole("button", { name: "Keep the key here" }).click();
  await expect(page.locator("h1")).toHaveText("An amendment of the charter");
  return { asked: page.url(), file };
}

/** Both keys are registrars', and both must sign. */
async function withTwo(house) {
  const { zhao, qian } = house;
  await restore(zhao, house);
  const { file } = await makeKey(qian, house);
  await zhao.goto(house.at("/charter"));
  await zhao.getByRole("group", { name: "New registrars" }).getByRole("checkbox").check();
  await zhao.getByLabel("How many of them must sign").fill("2");
  await zhao.getByRole("button", { name: "Ask for this amendment" }).click();
  await expect(zhao.locator(".changes .new")).toHaveCount(2);
  await sign(zhao).getByRole("button").click();
  await expect(zhao.locator("h1")).toHaveText("The charter");
  return file;
}

/** Asks for an amendment on the page of the charter; answers where it waits. */
async function amend(page, house, fill) {
  await page.goto(house.at("/charter"));
  await fill(page);
  await page.getByRole("button", { name: "Ask for this amendment" }).click();
  await expect(page.locator("h1")).toHaveText("An amendment of the charter");
  return page.url();
}

test("a second registrar makes a key in the browser, and from then on nothing is amended without it", async ({ house }) => {
  const { zhao, qian } = house;
  const file = await withTwo(house);
  expect(JSON.parse(file.split("\n")[1])).toMatchObject({ name: TWO, kdf: "PBKDF2-SHA-256" });
  await qian.goto(house.at(`/charter/key/${TWO}`));
  await expect(said(qian)).toHaveText(`This browser keeps a registered key for ${TWO}.`);

  const asked = await amend(zhao, house, (page) => page.getByLabel("Time zone").fill("Europe/Berlin"));
  await expect(zhao.locator(".changes")).toContainText("Europe/Berlin");
  await expect(zhao.locator(".stays")).not.toContainText("Europe/Berlin");
  await expect(zhao.locator(".stays")).toContainText(TWO);
  // It waits for both, and is found where each begins.
  for (const person of [zhao, qian]) {
    await person.goto(house.at(""));
    await expect(person.locator(".count")).toHaveText("1");
    await person.getByRole("link", { name: "an amendment of the charter" }).click();
    await expect(person).toHaveURL(asked);
  }
  await sign(zhao).getByRole("button").click();
  await expect(zhao.locator(".holders")).toContainText("has signed");
  await zhao.goto(house.at(""));
  await expect(zhao.locator(".count")).toHaveCount(0);

  // The browser that has the other key signs as that, and it is in force.
  await expect(sign(qian).locator("[name=name]")).toHaveValue(TWO);
  await sign(qian).getByRole("button").click();
  await expect(qian.locator("h1")).toHaveText("The charter");
  await expect(qian.locator("main")).toContainText("Europe/Berlin");
  const entry = /entries\/(\d+)/.exec(await qian.getByRole("link", { name: "It stands in entry" }).getAttribute("href"))[1];
  await checked(qian, `${house.server.url}/en/entries/${entry}`);
  await expect(qian.locator("main")).toContainText(ONE);
});

test("an agency is registered once two registrars have signed, each in a browser of their own", async ({ house }) => {
  const { zhao, qian } = house;
  await withTwo(house);
  const PARKS = "gazette.example/parks";
  const size = async () => Number((await (await fetch(`${house.server.url}/log/checkpoint`)).text()).split("\n")[1]);
  const there = async () => (await fetch(`${house.server.url}/en/agencies/${PARKS}`)).status;
  const before = await size();
  await zhao.goto(house.at("/registrations"));
  for (const [field, typed] of [["id", PARKS], ["name_zh", "公园局"], ["name_en", "Parks Office"]]) await zhao.locator(`#${field}`).fill(typed);
  await zhao.locator("form:has(#name_en) button").click();
  await expect(zhao.locator("h1")).toHaveText("A registration");
  const asked = zhao.url();
  await sign(zhao).getByRole("button").click();
  await expect(zhao.locator(".holders")).toContainText(`${ONE} has signed`);
  await expect(zhao.locator(".holders")).toContainText(`${TWO} has not signed`);
  // One of two is not enough.
  expect([await size(), await there()]).toEqual([before, 404]);

  await qian.goto(house.at("/registrations"));
  await qian.getByRole("link", { name: PARKS }).click();
  await expect(qian).toHaveURL(asked);
  await sign(qian).getByRole("button").click();
  await expect(qian.locator("h1")).toHaveText("Posts of Parks Office");
  expect([await size(), await there()]).toEqual([before + 1, 200]);
  await checked(qian, `${house.server.url}/en/entries/${before}`);
  await expect(panel(qian, "C5")).toHaveAttribute("data-check", "holds");
  expect((await qian.locator("[data-field=signed_by]").allTextContents()).sort()).toEqual([ONE, TWO]);
});

test("a running log takes over the key that two registrars gave it, and readers see who signs from then on", async ({ house }) => {
  const { zhao, qian } = house;
  await withTwo(house);
  const size = async () => Number((await (await zhao.request.get(`${house.server.url}/log/checkpoint`)).text()).split("\n")[1]);
  const signature = async () => (await (await zhao.request.get(`${house.server.url}/log/checkpoint`)).text()).split("\n")[4].split(" ")[2].slice(0, 6);
  const before = await signature();
  const from = (await size()) + 1;
  const asked = await amend(zhao, house, async (page) => {
    await page.getByLabel("The log takes a new key").check();
    await page.getByLabel("From which size of the log on").fill(String(from));
  });
  await expect(zhao.locator(".changes .new")).toContainText(`from size ${from}`);
  await sign(zhao).getByRole("button").click();
  await expect(zhao.locator(".holders")).toContainText("has signed");
  expect(await signature()).toBe(before);
  await qian.goto(asked);
  await sign(qian).getByRole("button").click();
  await expect(qian.locator("h1")).toHaveText("The charter");
  expect(await size()).toBe(from);
  expect(await signature()).not.toBe(before);
  // Under the new key a reader's browser checks everything as before.
  await checked(qian, `${house.server.url}/en/disclosures/53`);
  await checked(qian, `${house.server.url}/en/chain`);
});

test("a server that shows a registrar another amendment than it asks to have signed gets no signature", async ({ house }) => {
  const { zhao } = house;
  await restore(zhao, house);
  const asked = await amend(zhao, house, async (page) => {
    await page.getByLabel("Time zone").fill("Europe/Berlin");
    await page.getByLabel("Name of the portal in English").fill("Yunze Gazette");
    await page.getByLabel("Witness policy").fill("# Nobody's.\nquorum none");
  });
  const other = (field, text) => (html) => html.replace(new RegExp(`(data-field="${field}"[^>]*>)[^<]*`), (_, before) => before + text);
  const without = (field) => (html) => html.replace(new RegExp(`<bdi[^>]* data-field="${field}"[^>]*>[^<]*</bdi>`), "");
  const named = (field, by) => (html) => html.replace(`data-field="${field}"`, `data-field="${by}"`);
  const saying = (from, to) => (html) => html.replace(/(data-text[^>]*>)([^<]*)/, (_, before, text) => before + text.replace(from, to));
  for (const [what, lie, state] of [
    ["another zone", other("new-zone", "Europe/Madrid")],
    ["another zone before", other("was-zone", "Europe/Madrid")],
    ["no change of the zone", without("new-zone")],
    ["a change as though it were none", named("new-zone", "zone")],
    ["what stays as though it changed", named("registrar", "new-registrar")],
    ["no registrar", without("registrar")],
    ["fewer who must sign", other("threshold", "0")],
    ["another line of the policy", other("new-policy", "quorum any")],
    ["a policy with a line less", without("new-policy")],
    ["no trial", other("trial", "false")],
    ["another text: more of them must sign", saying(/(?:"|&quot;)threshold(?:"|&quot;):1/, '"threshold":7')],
    ["another text: no trial", saying(/(?:"|&quot;)trial(?:"|&quot;):true/, '"trial":false')],
    ["another text, with what nobody knows", saying(/\}\n$/, ',"later":true}\n'), "more-said"],
    ["another charter before", (html) => html.replace(/data-before="[^"]*"/, 'data-before="/log/entry/1"'), "other-charter"],
    ["no charter before", (html) => html.replace(/ data-before="[^"]*"/, ""), "other-charter"],
    ["another site's", (html) => html.replace(/data-before="[^"]*"/, 'data-before="https://other.example/log/entry/0"'), "answer"],
  ]) {
    await zhao.route(asked, async (route) => {
      const answer = await route.fetch();
      const honest = await answer.text();
      const body = lie(honest);
      expect(body, what).not.toBe(honest);
      await route.fulfill({ response: answer, body });
    });
    await zhao.goto(asked);
    await sign(zhao).getByRole("button").click();
    await expect(sign(zhao), what).toHaveAttribute("data-state", state ?? /shown-differs|core/);
    await zhao.unroute(asked);
  }
  // A charter that the server has altered is not the one that is amended.
  await zhao.route("**/log/entry/0", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace("Asia/Shanghai", "Asia/Tokyo") });
  });
  await zhao.goto(asked);
  await sign(zhao).getByRole("button").click();
  await expect(sign(zhao)).toHaveAttribute("data-state", "other-charter");
  await zhao.unroute("**/log/entry/0");
  await zhao.goto(asked);
  await sign(zhao).getByRole("button").click();
  await expect(zhao.locator("h1")).toHaveText("The charter");
  await expect(zhao.locator("main")).toContainText("Yunze Gazette");
});

test("without scripts an amendment is asked for, and signed by file on two machines", async ({ house, browser }) => {
  const { zhao, place } = { ...house };
  const key = `${place.path}/two.key`;
  await run(["registrar", "key", "--out", key, "--name", TWO], place);
  await zhao.goto(house.at(`/charter/key/${TWO}`));
  const [, origin, account] = /--origin (\S+) --account (\S+)/.exec(await zhao.locator("pre.command").textContent());
  const proof = (await run(["registrar", "prove", "--key", key, "--origin", origin, "--account", account], place)).out;
  await zhao.getByLabel("Proof that you have the key").fill(proof);
  await zhao.getByRole("button", { name: "Have it registered" }).click();
  const signAt = async (page, by) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "The text as a file" }).click()]);
    const signed = (await run(["registrar", "sign", "--key", by, await download.path()], place)).out;
    await page.getByLabel("Or its contents").fill(signed);
    await page.getByRole("button", { name: "Hand it in" }).click();
  };
  const one = `${place.data}/keys/registrar.key`;
  await signAt(zhao, one);
  await expect(zhao.locator("h1")).toHaveText("The charter");
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await zhao.context().storageState() });
  const page = await plain.newPage();
  const asked = await amend(page, house, (page) => page.getByLabel("How many of them must sign").fill("2"));
  await signAt(page, one);
  await expect(page.locator("h1")).toHaveText("The charter");
  const next = await amend(page, house, (page) => page.getByLabel("Name of the portal in Chinese").fill("云泽公报"));
  expect(next).not.toBe(asked);
  await signAt(page, one);
  await expect(page.locator(".holders")).toContainText(`${ONE} has signed`);
  await expect(page.locator(".holders")).toContainText(`${TWO} has not signed`);
  await signAt(page, key);
  await expect(page.locator("h1")).toHaveText("The charter");
  await expect(page.locator("main")).toContainText("云泽公报");
  await plain.close();
});

test("an amendment that nobody could follow with another is refused beside the field, with what was typed", async ({ house }) => {
  const { zhao } = house;
  await zhao.goto(house.at("/charter"));
  await zhao.getByLabel("How many of them must sign").fill("2");
  await zhao.getByRole("button", { name: "Ask for this amendment" }).click();
  const threshold = zhao.getByLabel("How many of them must sign");
  await expect(threshold).toHaveAccessibleDescription(/2 registrars would have to sign and there would be 1/);
  await expect(threshold).toHaveValue("2");
  await threshold.fill("1");
  await zhao.getByRole("group", { name: "Registrars", exact: true }).getByRole("checkbox").uncheck();
  await zhao.getByRole("button", { name: "Ask for this amendment" }).click();
  await expect(zhao.locator(".faults")).toContainText("No registrar would be left");
});
