// No page breaks a rule of WCAG 2.2 AA that a program can decide, in either language or colour scheme, checked or failing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { replace } from "../database.js";
import { checked, expect, test } from "../fixtures.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PAGES = ["/", "/?order=stated", "/disclosures/53", "/disclosures/8", "/disclosures/17", "/entries/0", "/entries/19", "/search?q=2026", "/search?q=zzzzqqq", "/agencies", "/agencies/gazette.example/finance", "/chain", "/about"];

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async (values) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values } });
    return violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target}: ${failureSummary}`), nodes: nodes.length }));
  }, TAGS);
}

/** Still and whole: what fades in would be measured half faded, and what is closed is part of the page too. */
async function settle(page) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
}

for (const colorScheme of ["light", "dark"]) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const lang of ["en", "zh"]) {
      test(`every page of ${lang}`, async ({ page }) => {
        test.slow();
        for (const path of PAGES) {
          await page.goto(`/${lang}${path}`);
          if (await page.locator("leptos-island").count()) await expect(page.locator("html[data-checked]")).toBeAttached();
          await settle(page);
          expect(await violations(page), `/${lang}${path}`).toEqual([]);
        }
      });
    }

    test.describe("failing", () => {
      test.use({ mayComplain: true });
      test("pages where something does not hold, and pages that are not there", async ({ page, cheated }) => {
        test.slow();
        const portal = await cheated((place) => replace(place, "contents", "entry = 53 and part = 0", "Recall of", "Praise of"));
        for (const path of ["/", "/disclosures/53"]) {
          await checked(page, portal.page(path));
          await settle(page);
          expect(await violations(page), path).toEqual([]);
        }
        await page.goto(portal.page("/nowhere"));
        expect(await violations(page)).toEqual([]);
      });
    });
  });
}
