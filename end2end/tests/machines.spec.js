// A program's document from its token to its public page: the token made at the desk, the document handed in by a program, signed by
// an officer in a browser, read by everybody; and what the token's maker and an ended token may not do.
import { first, give, signIn, staffSql } from "../people.js";
import { expect, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";

const AGENCY = "gazette.example/finance";
const PASSPHRASE = "lanterns over a quiet river";
const ID = "5f0c".padEnd(32, "0");

// A server of the test's own, its first administrator, and an officer in a browser of their own.
const test = base.extend({
  house: async ({ page, browser }, use) => {
    const place = await copyOf(sample());
    const server = await serve(place, { args: ["--no-sample"] });
    await first(page, server);
    give(place, "first", [
      ["registrar", ""],
      ["administrator", AGENCY],
      ["reviewer", AGENCY],
    ]);
    staffSql(
      place,
      `insert into accounts (id, login, name, password, password_set, created, created_by, ended)
       select '${Buffer.from("dong").toString("hex").padEnd(32, "0")}', 'dong', 'Officer dong', password, password_set, created, '', 0 from accounts where login = 'first'`,
    );
    give(place, "dong", [["reviewer", AGENCY]]);
    const context = await browser.newContext();
    const officer = await context.newPage();
    await signIn(officer, server, "dong");
    const at = (path) => `${server.url}/en/desk${path}`;
    const hold = (login, post) =>
      staffSql(place, `insert into post_holders (post, account, given, given_by) select '${AGENCY}/${post}', id, 1, '' from accounts where login = '${login}'`);
    await use({ server, at, hold, admin: page, officer });
    await context.close();
    await page.goto("about:blank");
    await server.stop();
    await place.remove();
  },
});

async function register(admin) {
  await admin.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(admin.locator("h1")).toContainText("Posts of");
}

/** The director's key, made in the officer's browser, and a rule that has the director sign off. */
async function ruled({ admin, officer, at, hold }) {
  await officer.goto(at(`/posts/key/${AGENCY}/director?agency=${AGENCY}&zh=${encodeURIComponent("岗位")}&en=Post+director`));
  const form = officer.locator("[data-make-key]");
  await form.getByLabel("Passphrase for the backup file").fill(PASSPHRASE);
  await form.getByLabel("Passphrase once more").fill(PASSPHRASE);
  await officer.getByRole("button", { name: "Make the key" }).click();
  await Promise.all([officer.waitForEvent("download"), officer.getByRole("link", { name: "Save the file" }).click()]);
  await officer.getByLabel("I have saved the file").check();
  await officer.getByRole("button", { name: "Keep the key here" }).click();
  await expect(officer.locator("h1")).toContainText("Posts of");
  await admin.goto(at("/registrations"));
  await admin.getByRole("link", { name: `${AGENCY}/director` }).click();
  await register(admin);
  hold("dong", "director");
  await admin.goto(at(`/posts/of/${AGENCY}`));
  const rule = admin.locator("form.rule-form");
  for (const [field, value] of Object.entries({ code: "sign", genre: "*", count: "1" })) await rule.locator(`[name=${field}-0]`).fill(value);
  await rule.locator("fieldset.rule-row").first().locator(`[value="${AGENCY}/director"]`).check();
  await rule.getByRole("button").click();
  await expect(admin.locator("h1")).toHaveText("A registration");
  await register(admin);
}

/** What a program asks, with nothing but its token. */
function program(server, token) {
  return async (method, path, body) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, body, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, ...(await answer.json()) };
  };
}

test("a program writes with a token, its maker may not approve, a post signs, and readers see it", async ({ house, page: admin }) => {
  test.setTimeout(240_000);
  const { server, at, officer } = house;
  await ruled(house);

  await admin.goto(at("/machines"));
  await admin.locator(`a[href$="/machines/of/${AGENCY}"]`).click();
  await admin.getByLabel("Name", { exact: true }).fill("Records system");
  for (const scope of ["Read", "Write", "Submit"]) await admin.getByLabel(scope, { exact: true }).check();
  await admin.getByRole("button", { name: "Make the token" }).click();
  const token = await admin.locator(".once code").innerText();
  await admin.reload();
  await expect(admin.locator("ul.rows")).toContainText("Records system");
  // It is shown once.
  await expect(admin.locator(".once")).toHaveCount(0);
  expect(await admin.content()).not.toContain(token);

  const ask = program(server, token);
  const fields = { genre: "notice", language: "en", title: "Lanterns by machine", issued: "2026-11-20", body: "All of them are **lit**.\n" };
  const begun = await ask("PUT", `/drafts/${ID}`, JSON.stringify({ fields }));
  expect(begun).toMatchObject({ status: 200, stage: "writing", revision: 1 });
  expect(await ask("POST", `/drafts/${ID}/files?name=figures.csv`, "year,lanterns\n2026,12\n")).toMatchObject({ status: 200, name: "figures.csv" });
  const submitted = await ask("POST", `/drafts/${ID}/submit`);
  expect(submitted).toMatchObject({ status: 200, stage: "frozen", ready: false });
  // The answer was lost: asked again it is the same.
  expect(await ask("POST", `/drafts/${ID}/submit`)).toEqual(submitted);

  const url = at(`/cases/${submitted.case}`);
  house.hold("first", "director");
  await admin.goto(url);
  await expect(admin.locator("main")).toContainText("Lanterns by machine");
  await expect(admin.locator("main")).toContainText("you cannot approve it");
  await expect(admin.locator("form.sign")).toHaveCount(0);

  await officer.goto(url);
  const form = officer.locator("form.sign");
  await form.getByLabel("Approved").check();
  await form.getByRole("button", { name: "Sign" }).click();
  await expect(async () => {
    expect(await ask("GET", `/drafts/${ID}`)).toMatchObject({ stage: "published" });
  }).toPass({ timeout: 20_000 });

  const { index } = await ask("GET", `/drafts/${ID}`);
  await officer.goto(`${url}`);
  const reader = await officer.context().browser().newContext();
  const page = await reader.newPage();
  await page.goto(server.url + (await officer.getByRole("link", { name: "See it as readers do" }).getAttribute("href")));
  expect(page.url()).toContain(String(index));
  await expect(page.locator("h1")).toHaveText("Lanterns by machine");
  await expect(page.locator("main")).toContainText("figures.csv");
  await expect(page.locator(".approval .step[data-check=holds]")).toHaveCount(1);
  await reader.close();

  await admin.goto(at(`/machines/of/${AGENCY}`));
  await admin.getByRole("button", { name: "End the token of Records system" }).click();
  await expect(admin.locator("ul.rows")).toContainText("ended");
  expect(await ask("GET", `/drafts/${ID}`)).toMatchObject({ status: 401, code: "token" });
});
