// A program's document from its token to its public page: the token made at the desk, the document handed in by a program, signed by
// an officer in a browser, read by everybody; and what the token's maker and an ended token may not do.
import { AGENCY, house, keyOf, ruled, signed } from "../officers.js";
import { expect, test as base } from "../fixtures.js";
import { give } from "../people.js";

const test = base.extend({ house });
const ID = "5f0c".padEnd(32, "0");

/** What a program asks, with nothing but its token. */
function program(server, token) {
  return async (method, path, body) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, body, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, ...(await answer.json()) };
  };
}

test("a program writes with a token, its maker may not approve, a post signs, and readers see it", async ({ house, browser }) => {
  test.setTimeout(240_000);
  const { server, at, admin } = house;
  const officer = await house.enter("dong", [["approver", AGENCY]]);
  await keyOf(officer, house, "dong", "director");
  await ruled(house, [["sign", 1, ["director"]]]);

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

  // Whoever made the token counts as author, whatever post they hold and whatever else they may do.
  const url = at(`/cases/${submitted.case}`);
  give(house.place, "first", [["approver", AGENCY]]);
  house.hold("first", "director");
  await admin.goto(url);
  await expect(admin.locator("main")).toContainText("Lanterns by machine");
  await expect(admin.locator("form.sign")).toHaveCount(0);

  await signed(officer, url);
  await expect(async () => {
    expect(await ask("GET", `/drafts/${ID}`)).toMatchObject({ stage: "published" });
  }).toPass({ timeout: 20_000 });

  const { index } = await ask("GET", `/drafts/${ID}`);
  const reader = await browser.newContext();
  const page = await reader.newPage();
  await page.goto(`${server.url}/en/disclosures/${index}`);
  await expect(page.locator("h1")).toHaveText("Lanterns by machine");
  await expect(page.locator("main")).toContainText("figures.csv");
  await expect(page.locator(".approval .step[data-check=holds]")).toHaveCount(1);
  await reader.close();

  await admin.goto(at(`/machines/of/${AGENCY}`));
  await admin.getByRole("button", { name: "End the token of Records system" }).click();
  await expect(admin.locator("ul.rows")).toContainText("ended");
  expect(await ask("GET", `/drafts/${ID}`)).toMatchObject({ status: 401, code: "token" });
});
