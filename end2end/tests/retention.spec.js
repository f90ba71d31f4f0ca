// What becomes of the journal after its time: names and details are taken out of it, each by an entry of its own, and an auditor's browser
// finds the rows as they were written all the same. What was taken away otherwise, it finds too.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { sql } from "../database.js";
import { expect, fsckNames, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";
import { entries } from "../operator.js";
import { first, hire, signIn, staffSql } from "../people.js";

const DAY = 86_400_000;
const [KEPT, PAST] = [30, 40];

// A desk of the test's own, which is served anew with other settings at the same address.
const test = base.extend({
  desk: async ({}, use) => {
    const place = await copyOf(sample());
    const desk = { place, journal: { data: join(place.data, "journal") }, server: await serve(place) };
    await use(desk);
    await desk.server.stop();
    await place.remove();
  },
  baseURL: async ({ desk }, use) => use(desk.server.url),
});
test.slow();
// As in the journal's other tests: a server that stops is told of on the console.
test.use({ mayComplain: true });

const words = {
  en: {
    removed: "removed after its time",
    verdict: "Who did it was removed after its time, and the removal is logged. The row itself is as it was written: checked in this browser.",
    kept: "Names and details are kept for 30 days and then removed. What was done, and when, stays.",
    forEver: "Who did what is kept for ever.",
    again: "goes on from what this browser saw before",
    past: "Rows older than 30 days are not looked at: who did them is removed after that time.",
    whole: "Check all of it in this browser",
  },
  zh: {
    removed: "期满已删",
    verdict: "何人所为已期满删除，删除本身亦已记入；此行与写入时一致：已由本浏览器核验。",
    kept: "操作人和详情保存 30 天，期满删除；做过何事、何时所做，永久留存。",
    forEver: "何人所为永久保存。",
    again: "接续",
    past: "早于 30 天的各行不在所查范围：何人所为届时即删除。",
    whole: "由本浏览器核验整本日志",
  },
};

/** Serves the desk anew; `between` is done while nobody serves it. */
async function served(page, desk, days, between = () => {}) {
  const { port } = desk.server;
  await page.goto("about:blank");
  await desk.server.stop();
  const done = between();
  desk.server = await serve(desk.place, { port, args: ["--journal-days", String(days)] });
  return done;
}

/** Waits until nothing is on its way, opens the journal, and waits until the browser has checked it. */
async function audited(page, desk, lang = "en") {
  await expect.poll(() => staffSql(desk.place, "select count(*) as n from journal")[0].n).toBe(0);
  await page.goto(`/${lang}/desk/journal`);
  await expect(page.locator("html")).toHaveAttribute("data-audited", /./);
}

const row = (page, index) => page.locator(`[data-row][data-index="${index}"]`);

/**
 * Makes the rows that wait at the desk so many days older, as if the server had written them down then: each is hashed anew, and names
 * the one before. A test cannot turn the clock of a server, and these are in no log yet. Answers their numbers.
 */
function older(place, days) {
  const waiting = staffSql(place, "select number, time, who, what, about, details, previous from journal order by number");
  let { previous } = waiting[0];
  const updates = waiting.map(({ number, time, who, what, about, details }) => {
    const then = time - days * DAY;
    const said = JSON.stringify([number, then, who, what, about, details, previous]);
    const hash = createHash("sha256").update("gazette/v1 journal\n").update(said).digest("hex");
    const update = `update journal set time = ${then}, previous = '${previous}', hash = '${hash}' where number = ${number}`;
    previous = hash;
    return update;
  });
  staffSql(place, updates.join(";"));
  return waiting.map(({ number }) => number);
}

/** What is read of rows: who, what, and when. */
const told = (page, indexes) =>
  Promise.all(indexes.map((index) => Promise.all([".person", ".deed strong", ".at time"].map((part) => row(page, index).locator(part).textContent()))));

/**
 * A desk at which an administrator did several things long ago, and an auditor came in today: first with all names, which are kept for
 * ever; then as it is served with an end to that. Answers the places of the old rows, and what the auditor read of them before.
 */
async function expired(page, desk) {
  const { place, journal } = desk;
  // For as long as the log takes none, rows wait at the desk.
  sql(journal, "create trigger held before insert on entries begin select raise(abort, 'held back'); end");
  await first(page, desk.server);
  const numbers = await served(page, desk, 0, () => {
    sql(journal, "drop trigger held");
    return older(place, PAST);
  });
  expect(numbers.length).toBeGreaterThan(2);
  hire(place, "auditor", [["auditor", ""]]);
  await page.context().clearCookies();
  await signIn(page, desk.server, "auditor");
  await audited(page, desk);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  const listed = staffSql(place, `select idx from journal_places where number in (${numbers.join(", ")}) order by number`);
  const indexes = listed.map(({ idx }) => idx);
  expect(indexes).toHaveLength(numbers.length);
  await expect(page.locator("main")).toContainText(words.en.forEver);
  const read = await told(page, indexes);
  expect(read.flat().join(" ")).toContain("Li Wei");

  await served(page, desk, KEPT);
  const left = `select count(*) as n from contents where entry in (${indexes.join(", ")}) and removed_by is null`;
  await expect.poll(() => sql(journal, left)[0].n).toBe(0);
  return { indexes, numbers, read };
}

/** Each removal that the journal's log holds: where it stands, and what it says; in the order of what is removed. */
const removals = (journal) =>
  entries(journal)
    .map(({ index, note }) => ({ index, ...JSON.parse(note.split("\n")[1]) }))
    .filter(({ type }) => type === "redaction")
    .sort((one, other) => one.target.index - other.target.index);

test("after its time nobody reads who did what, when and what stay, and the auditor's browser finds every row as it was written", async ({ page, desk }) => {
  const { indexes, read } = await expired(page, desk);
  for (const [lang, say] of Object.entries(words)) {
    await audited(page, desk, lang);
    await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
    await expect(page.locator('[data-row]:not([data-check="holds"])')).toHaveCount(0);
    await expect(page.locator("[data-alarm]")).toBeHidden();
    await expect(page.locator("main")).toContainText(say.kept);
    await expect(page.locator("[data-memory]")).toContainText(say.again);
    for (const index of indexes) {
      const old = row(page, index);
      await expect(old.locator(".person")).toHaveText(say.removed);
      await expect(old.locator(".about, .deed dl > *")).toHaveCount(0);
      await expect(old.locator(".verdict")).toHaveText(say.verdict);
      await old.locator("summary").click();
      await expect(old.locator('[data-code="C7"]')).toHaveAttribute("data-check", "holds");
    }
    // Those of today say who it was, as before.
    await expect(page.locator(".person", { hasText: "Officer auditor" }).first()).toBeVisible();
    await page.getByRole("button", { name: say.whole }).click();
    await expect(page.locator("html")).toHaveAttribute("data-whole", "holds", { timeout: 30_000 });
    if (lang === "en") {
      const what = (rows) => rows.map(([, deed, at]) => [deed, at]);
      expect(what(await told(page, indexes))).toEqual(what(read));
    }
    // Nor is anything of it found by asking for the person.
    const [{ id }] = staffSql(desk.place, "select id from accounts where login = 'first'");
    await page.goto(`/${lang}/desk/journal?who=${id}`);
    await expect(page.locator("main")).toContainText(say.past);
    for (const index of indexes) await expect(row(page, index)).toHaveCount(0);
  }

  // Nothing of it lies in the log's database, and each removal is an entry of its own, which says why.
  const gone = sql(desk.journal, `select salt, bytes, removed_by from contents where entry in (${indexes.join(", ")}) order by entry`);
  const found = removals(desk.journal);
  expect(found.map(({ target, ground }) => [target.index, ground])).toEqual(indexes.map((index) => [index, "retention"]));
  expect(gone).toEqual(found.map(({ index }) => ({ salt: null, bytes: null, removed_by: index })));
  await fsckNames(desk.place);
});

test("names that are taken away with no removal logged, and an old row that is left out, are found", async ({ page, desk }) => {
  const { indexes, numbers } = await expired(page, desk);
  const { journal, place } = desk;
  await audited(page, desk);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  const [{ entry, salt, bytes }] = sql(
    journal,
    "select entry, hex(salt) as salt, hex(bytes) as bytes from contents where removed_by is null order by entry desc limit 1",
  );
  const [removal] = removals(journal);
  for (const [what, by] of [["no removal at all", "null"], ["the removal of another row", removal.index]]) {
    await test.step(what, async () => {
      sql(journal, `update contents set salt = null, bytes = null, removed_by = ${by} where entry = ${entry}`);
      await audited(page, desk);
      await expect(row(page, entry)).toHaveAttribute("data-failed", /C7/);
      await expect(row(page, entry).locator(".verdict")).toContainText("Does not hold");
      await expect(page.locator("[data-row][data-check=fails]")).toHaveCount(1);
      await expect(page.locator("[data-alarm]")).toBeVisible();
      sql(journal, `update contents set salt = x'${salt}', bytes = x'${bytes}', removed_by = null where entry = ${entry}`);
    });
  }

  // Without their parts, rows hang together by their entries alone.
  const [, number, after] = numbers;
  const [, gone, next] = indexes;
  staffSql(place, `delete from journal_places where number = ${number}`);
  await audited(page, desk);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "fails");
  await expect(row(page, gone)).toHaveCount(0);
  await expect(row(page, next).locator(".number")).toHaveText(String(after));
  await expect(row(page, next)).toHaveAttribute("data-failed", "C1");
  await page.getByRole("button", { name: words.en.whole }).click();
  await expect(page.locator("html")).toHaveAttribute("data-whole", "fails", { timeout: 30_000 });
  await expect(page.locator("[data-walk]")).toContainText(`Stopped at row ${after}.`);
  staffSql(place, `insert into journal_places (number, idx) values (${number}, ${gone})`);

  await audited(page, desk);
  await expect(page.locator("html")).toHaveAttribute("data-audited", "holds");
  await fsckNames(place);
});
