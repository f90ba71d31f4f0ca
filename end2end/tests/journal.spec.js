// The journal in an auditor's browser: its rows are checked there, and what is altered behind the server's back is found.
import { join } from "node:path";
import { sql } from "../database.js";
import { expect, fsckNames, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";
import { first, give, hire, signIn, staffSql } from "../people.js";

const AGENCY = "gazette.example/finance";

// A desk of the test's own.
const test = base.extend({
  desk: async ({}, use) => {
    const place = await copyOf(sample());
    const desk = { place, server: await serve(place) };
    await use(desk);
    await desk.server.stop();
    await place.remove();
  },
  baseURL: async ({ desk }, use) => use(desk.server.url),
});
test.use({ mayComplain: true });

const journalOf = (place) => ({ data: join(place.data, "journal") });

/** Waits until nothing is on its way, opens the journal, and waits until the browser has checked it. */
async function audited(page, place, path = "/en/desk/journal") {
  await expect.poll(() => staffSql(place, "select count(*) as n from journal")[0].n).toBe(0);
  await page.goto(path);
  await expect(page.locator("html")).toHaveAttribute("data-audited", /./);
}

const row = (page, index) => page.locator(`[data-row][data-index="${index}"]`);
const places = (place) => staffSql(place, "select number, idx from journal_places order by number").map((one) => one.idx);

test("an auditor's browser checks every row, and shows the eight checks on request", async ({ page, desk }) => {
  await first(page, desk.server);
  hire(desk.place, "auditor", [["auditor", ""]]);
  await page.context().clearCookies();
  await signIn(page, desk.server, "auditor");
  for (const lang of ["en", "zh"]) {
    await audited(page, desk.place, `/${lang}/desk/journal`);
    await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
    const rows = page.locator("[data-row][data-index]");
    expect(await rows.count()).toBeGreaterThan(3);
    await expect(page.locator('[data-row]:not([data-check="holds"])')).toHaveCount(0);
    await expect(page.locator("[data-alarm]")).toBeHidden();
    await rows.first().locator("summary").click();
    await expect(rows.first().locator("[data-eight] [data-code]")).toHaveCount(8);
    for (const code of ["C1", "C2", "C3", "C5", "C7"]) await expect(rows.first().locator(`[data-code="${code}"]`)).toHaveAttribute("data-check", "holds");
  }
  await expect(page.locator("[data-memory]")).toContainText("接续");

  // All that one person did, with what the other did left out between.
  await page.context().clearCookies();
  await signIn(page, desk.server, "first");
  const [{ id }] = staffSql(desk.place, "select id from accounts where login = 'first'");
  await audited(page, desk.place, `/en/desk/journal?who=${id}`);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  const numbers = (await page.locator("[data-row] .number").allTextContents()).map(Number);
  expect(numbers[0] - numbers.at(-1)).toBeGreaterThan(numbers.length - 1);
  await fsckNames(desk.place);
});

test("an edited, a dropped and an exchanged row, and a page that shows another name than was committed, are found", async ({ page, desk }) => {
  test.slow();
  await first(page, desk.server);
  await audited(page, desk.place);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  const [, two, three] = places(desk.place);
  const journal = journalOf(desk.place);

  // A byte of an entry: it is not in the signed tree, and the next is cut from it.
  const kept = sql(journal, `select hex(bytes) as bytes from entries where idx = ${two}`)[0].bytes;
  sql(journal, `update entries set bytes = cast(replace(cast(bytes as text), '"genre":"', '"genre":"x') as blob) where idx = ${two}`);
  await audited(page, desk.place);
  await expect(row(page, two)).toHaveAttribute("data-failed", /C2.*C5/);
  await expect(row(page, three)).toHaveAttribute("data-failed", /C1/);
  await expect(row(page, two).locator(".verdict")).toContainText("Does not hold");
  await expect(page.locator("[data-alarm]")).toBeVisible();
  await fsckNames(desk.place, `the journal of the desk: C2 inclusion: entry ${two}`);
  sql(journal, `update entries set bytes = x'${kept}' where idx = ${two}`);

  // Somebody else in the part that says who it was.
  const [{ entry, bytes }] = sql(journal, "select entry, hex(bytes) as bytes from contents where cast(bytes as text) like '%Li Wei%' limit 1");
  sql(journal, `update contents set bytes = cast(replace(cast(bytes as text), 'Li Wei', 'Li Wai') as blob) where entry = ${entry}`);
  await audited(page, desk.place);
  await expect(row(page, entry)).toHaveAttribute("data-failed", /C7/);
  sql(journal, `update contents set bytes = x'${bytes}' where entry = ${entry}`);

  // A row that the desk no longer lists.
  staffSql(desk.place, "delete from journal_places where number = 2");
  await audited(page, desk.place);
  await expect(row(page, three)).toHaveAttribute("data-failed", "C1");
  staffSql(desk.place, `insert into journal_places (number, idx) values (2, ${two})`);

  // Nothing is altered any more.
  await audited(page, desk.place);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");

  // Words on the page that were not committed.
  await page.route("**/en/desk/journal", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace("<code>first</code>", "<code>other</code>") });
  });
  await audited(page, desk.place);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "fails");
});

/** As many rows as three pages have, each of something that was done. */
async function busy(page, desk) {
  give(desk.place, "first", [["administrator", AGENCY]]);
  await page.goto(`/en/desk/posts/of/${AGENCY}`);
  await page.evaluate(async (path) => {
    const token = document.querySelector("input[name=token]").value;
    for (let n = 0; n < 110; n += 1) {
      await fetch(path, { method: "POST", redirect: "manual", body: new URLSearchParams({ names: n % 2, token }) });
    }
  }, `/en/desk/posts/of/${AGENCY}?names`);
}

/** Has the browser check all of it; answers what it says in the end. */
async function walked(page, place, path = "/en/desk/journal", button = "Check all of it in this browser") {
  await audited(page, place, path);
  await page.getByRole("button", { name: button }).click();
  await expect(page.locator("html")).toHaveAttribute("data-whole", /./, { timeout: 30_000 });
  return page.locator("[data-walk]").textContent();
}

test("a browser checks all of it, page by page, and stops at the first row that does not hold, wherever that is", async ({ page, desk }) => {
  test.slow();
  await first(page, desk.server);
  await busy(page, desk);
  const asked = [];
  page.on("request", (request) => request.url().includes("/en/desk/journal?before=") && asked.push(request.url()));
  const said = await walked(page, desk.place);
  const newest = places(desk.place).length;
  expect(newest).toBeGreaterThan(110);
  expect(said).toBe(`This browser has checked all ${newest} rows, from the newest to the first: each is as it was written and follows the one before.`);
  await expect(page.locator("html")).toHaveAttribute("data-whole", "holds");
  await expect(page.locator("[data-alarm]")).toBeHidden();
  // Each page begins with the row that the one before ended with.
  expect(asked.map((url) => Number(url.split("before=")[1])).slice(0, 2)).toEqual([newest - 48, newest - 97]);
  expect(await walked(page, desk.place, "/zh/desk/journal", "由本浏览器核验整本日志")).toContain(`共 ${newest} 行`);

  // A name that is another, on the last page.
  const journal = journalOf(desk.place);
  const [{ entry, bytes }] = sql(journal, "select entry, hex(bytes) as bytes from contents where cast(bytes as text) like '%Li Wei%' order by entry limit 1");
  const [{ number }] = staffSql(desk.place, `select number from journal_places where idx = ${entry}`);
  sql(journal, `update contents set bytes = cast(replace(cast(bytes as text), 'Li Wei', 'Li Wai') as blob) where entry = ${entry}`);
  expect(number).toBeLessThan(newest - 98);
  expect(await walked(page, desk.place)).toBe(`Stopped at row ${number}. Does not hold: what this page shows is what was written. Go to row ${number}`);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  await expect(page.locator("html")).toHaveAttribute("data-whole", "fails");
  await expect(page.locator("[data-alarm]")).toBeVisible();
  await page.getByRole("link", { name: `Go to row ${number}` }).click();
  await expect(row(page, entry)).toHaveAttribute("data-failed", "C7");
  await expect(page.locator("[data-row]").first().locator(".number")).toHaveText(String(number));
  sql(journal, `update contents set bytes = x'${bytes}' where entry = ${entry}`);

  // The first row of the second page, gone from the desk's list: neither page is wrong in itself.
  const gone = newest - 50;
  staffSql(desk.place, `delete from journal_places where number = ${gone}`);
  expect(await walked(page, desk.place)).toBe(`Stopped at row ${gone + 1}. Does not hold: follows the row before. Go to row ${gone + 1}`);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  // And all from there on.
  staffSql(desk.place, `delete from journal_places where number < ${gone}`);
  expect(await walked(page, desk.place)).toBe(`Stopped at row ${gone}: it is missing. Go to row ${gone}`);
});

test("a log that cannot be written is said with its reason, in both languages, until it can be written again", async ({ page, desk }) => {
  await first(page, desk.server);
  await audited(page, desk.place);
  const journal = journalOf(desk.place);
  sql(journal, "create trigger full_disk before insert on entries begin select raise(abort, 'the disk is full'); end");
  for (const [lang, why] of [["en", "The journal's log cannot be written"], ["zh", "日志无法写入"]]) {
    await expect(async () => {
      await page.goto(`/${lang}/desk/journal`);
      await page.locator("main form[method=post] button").click();
      await expect(page.locator("[data-trouble]")).toContainText(why, { timeout: 1000 });
    }).toPass();
    await expect(page.locator("[data-trouble] code")).toContainText("the disk is full");
    await expect(page.locator('[data-row][data-check="pending"]').first()).toBeVisible();
  }
  sql(journal, "drop trigger full_disk");
  await audited(page, desk.place);
  await expect(page.locator("[data-trouble]")).toHaveCount(0);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
});

test("a journal that was shortened is noticed by a browser that saw more of it", async ({ page, desk }) => {
  test.slow();
  await first(page, desk.server);
  await audited(page, desk.place);
  await desk.server.stop();
  const old = await copyOf(desk.place);
  desk.server = await serve(desk.place, { port: desk.server.port });
  await page.goto("/en/desk/journal");
  await page.getByRole("button", { name: "Check the whole journal now" }).click();
  await expect(page.locator(".done")).toBeVisible();
  await audited(page, desk.place);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  await expect(page.locator("[data-memory]")).toContainText("goes on from what this browser saw before");
  // The whole machine is put back as it was, with its mark: only who saw more knows.
  await desk.server.stop();
  const server = await serve(old, { port: desk.server.port });
  try {
    await page.goto("/en/desk/journal");
    await expect(page.locator("html")).toHaveAttribute("data-audited", "fails");
    await expect(page.locator("[data-memory]")).toContainText("not the one that this browser saw before");
    await expect(page.locator("[data-alarm]")).toBeVisible();
  } finally {
    await server.stop();
    await old.remove();
    desk.server = await serve(desk.place);
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says what the server checked itself, and since when", async ({ page, desk }) => {
    await first(page, desk.server);
    await expect.poll(() => staffSql(desk.place, "select count(*) as n from journal")[0].n).toBe(0);
    await page.goto("/en/desk/journal");
    await page.getByRole("button", { name: "Check the whole journal now" }).click();
    await expect(page.locator(".done")).toContainText("the server checked all");
    await expect(page.locator("[data-audit]")).toContainText("your browser checks nothing");
    await expect(page.locator("[data-row] .verdict").last()).toContainText("The server found it as it was written");
    // What only a script does is not offered; finding rows needs none.
    await expect(page.getByRole("button", { name: "Check all of it in this browser" })).toHaveCount(0);
    await page.getByLabel("What was done").selectOption("Account made");
    await page.getByRole("button", { name: "Show these rows" }).click();
    await expect(page).toHaveURL(/act=account-made/);
    await expect(page.locator("[data-row] .deed strong")).toHaveText(["Account made"]);
    await page.getByLabel("Who did it").selectOption({ label: "Li Wei · first" });
    await page.getByRole("button", { name: "Show these rows" }).click();
    await expect(page).toHaveURL(/act=account-made&who=[0-9a-f]{32}/);
    await expect(page.locator("[data-row] .deed strong")).toHaveText(["Account made"]);
    await page.getByLabel("On the day").fill("2000-01-01");
    await page.getByRole("button", { name: "Show these rows" }).click();
    await expect(page.locator("main")).toContainText("There is no such row");
    await page.getByRole("link", { name: "Show all rows" }).click();
    await expect(page.locator("[data-row]").nth(1)).toBeVisible();
  });
});
