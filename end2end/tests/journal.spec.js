// The journal in an auditor's browser: its rows are checked there, and what is altered behind the server's back is found.
import { join } from "node:path";
import { sql } from "../database.js";
import { expect, fsckNames, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";
import { first, hire, signIn, staffSql } from "../people.js";

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

test("a log that cannot be written is said with its reason, in both languages, until it can be written again", async ({ page, desk }) => {
  await first(page, desk.server);
  await audited(page, desk.place);
  const journal = journalOf(desk.place);
  sql(journal, "create trigger full_disk before insert on entries begin select raise(abort, 'the disk is full'); end");
  for (const [lang, why] of [["en", "The journal's log cannot be written"], ["zh", "日志无法写入"]]) {
    await expect(async () => {
      await page.goto(`/${lang}/desk/journal`);
      await page.locator("main form button").click();
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
  });
});
