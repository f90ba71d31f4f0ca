// Many drafts brought at once, as a person does it: a table with its files, an archive, a folder; seen first, and made of those chosen.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archive } from "../archive.js";
import { expect, test as base } from "../fixtures.js";
import { house } from "../officers.js";
import { staffSql } from "../people.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const test = base.extend({ house });

const titles = (house) => staffSql(house.place, "select title from drafts order by title").map(({ title }) => title);

const TABLE = `标题,公文种类,成文日期,发文字号,正文,附件,标题（英文）,正文（英文）
关于开展春季防汛检查的通知,通知,2026/3/1,云财〔2026〕11号,"各单位：

请于本月底前完成检查。",检查表.pdf,Notice on Spring Flood Checks,Checks are due by the end of the month.
关于调整停车收费的公告,公告,2026年3月2日,云财〔2026〕12号,自四月起施行。咨询电话13800138000。,,,
某项通报,周报,2026-02-30,,无。,缺失.pdf,,
`;
const PACKED = archive([
  ["公文/drafts.csv", TABLE],
  ["公文/附件/检查表.pdf", "%PDF-1.7\n1"],
  ["公文/说明.txt", "未提到的文件"],
]);

for (const [lang, words] of [
  ["zh", { link: "批量导入文稿", go: "上传并预览", make: "生成所选文稿", made: "已生成 2 份文稿。", cannot: "不能生成", discard: "全部放弃" }],
  ["en", { link: "Bring many drafts at once", go: "Upload and preview", make: "Make drafts of those chosen", made: "2 drafts were made.", cannot: "cannot become a draft", discard: "Throw all of it away" }],
]) {
  test(`without scripts an archive is brought, seen and made drafts of, ${lang}`, async ({ house }) => {
    test.slow();
    const page = await house.enter("author", undefined, { javaScriptEnabled: false });
    await page.goto(house.at("/drafts", lang));
    await page.getByRole("link", { name: words.link }).click();
    await page.locator("#files").setInputFiles({ name: "公文.zip", mimeType: "application/zip", buffer: PACKED });
    await page.getByRole("button", { name: words.go }).click();
    const rows = page.locator("form.brought > .work > li");
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(2)).toContainText(words.cannot);
    await expect(rows.nth(2)).toContainText("周报");
    await expect(rows.nth(2)).toContainText("缺失.pdf");
    await expect(rows.nth(1).locator(".personal")).toContainText("13800138000");
    await expect(rows.nth(2).locator("input")).toHaveCount(0);
    expect(titles(house)).toEqual([]);
    await page.getByRole("button", { name: words.make }).click();
    await expect(page.locator(".done")).toHaveText(words.made);
    expect(titles(house)).toEqual(["关于开展春季防汛检查的通知", "关于调整停车收费的公告"]);
    await rows.nth(0).locator(".head a").click();
    await expect(page.locator("#title")).toHaveValue("关于开展春季防汛检查的通知");
    await expect(page.locator("#translation-title-1")).toHaveValue("Notice on Spring Flood Checks");
    await expect(page.locator("ul.files:not(.coming)")).toContainText("检查表.pdf");
    // Brought once more, it is told and not chosen.
    await page.goto(house.at("/bring", lang));
    await page.locator("#files").setInputFiles({ name: "公文.zip", mimeType: "application/zip", buffer: PACKED });
    await page.getByRole("button", { name: words.go }).click();
    await expect(page.locator("li[data-state=same]")).toHaveCount(2);
    await expect(page.locator("input[name=row]:checked")).toHaveCount(0);
    await page.getByRole("button", { name: words.discard }).click();
    await expect(page).toHaveURL(new RegExp(`/${lang}/desk/drafts$`));
    expect(titles(house)).toHaveLength(2);
  });
}

test("a whole folder is chosen in the browser, and nobody else sees what came of it before it is made", async ({ house }) => {
  test.slow();
  const page = await house.enter("author");
  const other = await house.enter("colleague");
  const folder = await mkdtemp(join(tmpdir(), "gazette-end2end-"));
  await mkdir(join(folder, "reports"));
  await writeFile(join(folder, "reports", "one.md"), "# Bridges\n\nAll of them stand.\n");
  await writeFile(join(folder, "two.txt"), "Call nobody.");
  await writeFile(join(folder, "scan.pdf"), "%PDF-1.7\n");
  await page.goto(house.at("/bring"));
  await page.locator("#folder").setInputFiles(folder);
  await page.getByRole("button", { name: "Upload and preview" }).click();
  const rows = page.locator("form.brought > .work > li");
  await expect(rows.locator(".head")).toHaveText(["Bridges", "scan", "two"]);
  const url = page.url();
  expect((await other.goto(url)).status()).toBe(404);
  // One of them is left out.
  await rows.nth(1).locator("input").uncheck();
  await page.getByRole("button", { name: "Make drafts of those chosen" }).click();
  await expect(page.locator(".done")).toHaveText("2 drafts were made.");
  expect(titles(house)).toEqual(["Bridges", "two"]);
  await other.goto(house.at("/drafts"));
  await expect(other.locator("main")).toContainText("Bridges");
  await rm(folder, { recursive: true });
});

test("the form and the preview fit a phone and break no rule of WCAG 2.2 AA, in both languages, light and dark", async ({ house }) => {
  test.slow();
  const page = await house.enter("author", undefined, { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
  const looks = async () => {
    // With its styles: a form leads to a page that is still coming.
    await page.waitForLoadState();
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(wide, page.url()).toBeLessThanOrEqual(screen);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } });
        return violations.map(({ id, nodes }) => ({ id, at: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target}: ${failureSummary}`) }));
      });
      expect(found, `${page.url()} ${colorScheme}`).toEqual([]);
    }
  };
  for (const lang of ["en", "zh"]) {
    await page.goto(house.at("/bring", lang));
    await page.locator("details summary").first().click();
    await looks();
    await page.locator("form.bring button").click();
    await expect(page.locator(".faults")).toBeVisible();
    await looks();
    await page.locator("#files").setInputFiles({ name: "a.zip", mimeType: "application/zip", buffer: PACKED });
    await page.locator("form.bring button").click();
    await expect(page.locator("form.brought > .work > li")).toHaveCount(3);
    await page.waitForLoadState();
    for (const summary of await page.locator("details > summary").all()) await summary.click();
    await looks();
    await page.getByRole("button").filter({ hasText: /Make drafts|生成所选/ }).click();
    // What the first round made is chosen no more in the second.
    await expect(page).toHaveURL(/\?made=\d+$/);
    await looks();
  }
});
