// What an agency's page counts of it: how long its steps took, how often one was skipped, and what it corrected; each number with its
// words, in both languages, on a wide screen and on a phone, with scripts and without.
import { sql, value } from "../database.js";
import { checked, expect, test as base } from "../fixtures.js";
import { AGENCY, OTHER, begin, house, published, signed, skippable, submit, taken } from "../officers.js";
import { entries } from "../operator.js";

const test = base.extend({ house });

const TITLE = "Lanterns of the old town";
const [MINUTE, HOUR] = [60_000, 3_600_000];

const words = {
  en: {
    title: "Approvals and changes",
    counted: "Browsers do not check these numbers",
    table: "Time per step, in 3 approvals that led to publication",
    head: ["Step", "Taken", "Half within", "On average", "Longest"],
    legal: ["Legal review", "3", /not known$/, /not known$/, /not known$/],
    sign: ["Sign-off", "3", "2 h 5 min", "9 h 3 min", "1 day 1 h"],
    overridden: ["Steps skipped by override", "1 Legal review: 1"],
    rejected: "Rejections on the way",
    corrected: "Corrections",
    unopened: "The log also has decisions in",
  },
  zh: {
    title: "审批与变动",
    counted: "浏览器不核验这些数字",
    table: "各步骤用时（已获发布的审批 3 次）",
    head: ["步骤", "次数", "中位数", "平均", "最长"],
    legal: ["合法性审核", "3", /不详$/, /不详$/, /不详$/],
    sign: ["签发", "3", "2 小时 5 分钟", "9 小时 3 分钟", "1 天 1 小时"],
    overridden: ["越过步骤", "1 合法性审核 1"],
    rejected: "审批中不予批准",
    corrected: "更正",
    unopened: "链上另有",
  },
};

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** Three publications of two steps each: a text, one more whose first step is skipped, and that the first was corrected by the second. */
async function story(house) {
  const { author, lawyer, director, minister } = await skippable(house);
  const approved = async (url) => {
    for (const officer of [lawyer, director]) await signed(officer, url);
    return published(author, url);
  };
  await begin(author, house, { title: TITLE });
  const first = await approved(await submit(author));

  await begin(author, house, { title: "Lanterns, counted again" });
  const url = await submit(author);
  await minister.goto(url);
  const form = minister.locator("form.sign").filter({ has: minister.locator("[value=override]") }).first();
  await form.locator("[value=override]").check();
  await form.getByLabel("Reason").fill("The river does not wait.");
  await taken(minister, () => form.getByRole("button", { name: "Sign" }).click());
  await signed(director, url);
  const second = await published(author, url);

  await author.goto(house.at("/drafts"));
  const row = author.locator("form.about").filter({ has: author.locator(`input[name=target][value="${first}"]`) });
  await row.getByRole("button", { name: "Change", exact: true }).click();
  const draft = author.locator("form.draft");
  await expect(draft.locator("[name=target]")).toHaveValue(String(first));
  await draft.locator("[name=change]").selectOption("corrected");
  await draft.locator("[name=ground]").selectOption("error-in-figures");
  await draft.locator("[name=by]").fill(String(second));
  await approved(await submit(author));
}

/** How often the agency corrected something, as far as it is counted. */
const corrections = (place) => value(place, `select count(*) from acts where agency = '${AGENCY}' and kind = 'corrected'`);

/**
 * That each step is counted with the time it took by the log's own clock; then that the three signatures took as long as nobody here can
 * wait, set where the portal counts them and before anybody has asked.
 */
async function aged(place) {
  await expect.poll(() => value(place, "select (select size from counted) = (select size from head)")).toBe(1);
  const steps = sql(place, `select step, code, decision, took from decisions where agency = '${AGENCY}' order by step`);
  expect(steps.map(({ code, decision }) => [code, decision])).toEqual([
    ["legal", "approve"],
    ["sign", "approve"],
    ["legal", "override"],
    ["sign", "approve"],
    ["legal", "approve"],
    ["sign", "approve"],
  ]);
  const logged = entries(place).map(({ time }) => Date.parse(time));
  for (const [n, { step, code, took }] of steps.entries()) {
    // A first step waits for nothing.
    expect(took, `step ${n}`).toBe(code === "sign" ? logged[step] - logged[steps[n - 1].step] : null);
  }
  for (const [n, long] of [[1, 5 * MINUTE], [3, 25 * HOUR], [5, 2 * HOUR + 5 * MINUTE]]) {
    sql(place, `update decisions set took = ${long} where step = ${steps[n].step}`);
  }
}

/** The number behind these words. */
const number = (page, label) => page.locator(".figures dl > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) }).locator("dd");

/** The figures on a page that is open, all of them to be seen, and none beyond the edge. */
async function figures(page, say, corrected) {
  const section = page.locator("section.figures");
  await expect(section.locator("h2")).toHaveText(say.title);
  await expect(section.locator("p").first()).toContainText(say.counted);
  await expect(section.locator("caption")).toHaveText(say.table);
  await expect(section.locator("thead th")).toHaveText(say.head);
  const rows = section.locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0).locator("th, td")).toHaveText(say.legal);
  await expect(rows.nth(1).locator("th, td")).toHaveText(say.sign);
  const [label, overridden] = say.overridden;
  await expect(number(page, label)).toHaveText(overridden);
  await expect(number(page, say.rejected)).toHaveText("0");
  await expect(number(page, say.corrected)).toHaveText(String(corrected));
  await expect(section).not.toContainText(say.unopened);
  const right = await section.locator("th, td, dd").evaluateAll((cells) => Math.max(...cells.map((cell) => cell.getBoundingClientRect().right)));
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(Math.max(right, wide)).toBeLessThanOrEqual(screen);
}

test("an agency's page says how long its steps took, how many were skipped, and what it corrected", async ({ house, browser }) => {
  test.setTimeout(300_000);
  const { server, place } = house;
  const before = corrections(place);
  await story(house);
  await aged(place);
  const corrected = corrections(place);
  expect(corrected).toBe(before + 1);

  for (const [how, options] of [
    ["on a wide screen", {}],
    ["on a phone", PHONE],
    ["without scripts", { javaScriptEnabled: false }],
    ["on a phone without scripts", { ...PHONE, javaScriptEnabled: false }],
  ]) {
    await test.step(how, async () => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      for (const [lang, say] of Object.entries(words)) {
        const address = `${server.url}/${lang}/agencies/${AGENCY}`;
        await (options.javaScriptEnabled === false ? page.goto(address) : checked(page, address));
        await figures(page, say, corrected);
      }
      await context.close();
    });
  }

  // The number leads to what stands corrected today; another agency has its own figures, and none of these steps.
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const [lang, say] of Object.entries(words)) {
    await checked(page, `${server.url}/${lang}/agencies/${AGENCY}`);
    const found = await number(page, say.corrected).locator("a").evaluate((link) => link.href);
    // Search follows the log.
    await expect(async () => {
      await page.goto(found);
      await expect(page.locator("main")).toContainText(TITLE, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await checked(page, `${server.url}/${lang}/agencies/${OTHER}`);
    await expect(page.locator("section.figures")).toHaveCount(1);
    await expect(page.locator("section.figures table")).toHaveCount(0);
    await expect(number(page, say.overridden[0])).toHaveCount(0);
  }
  await context.close();
});
