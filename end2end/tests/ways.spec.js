// Every way of reading: without scripts, by keyboard, on a phone.
import { PAGES, checked, expect, knot, panel, test } from "../fixtures.js";

const RECALL = 53;
const unchecked = {
  en: "Your browser has not checked this page, so the cord stays in pencil.",
  zh: "您的浏览器没有核验本页，绳仍为铅笔所画。",
};

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("pages can be read, say that nothing was checked, and search by plain submit", async ({ page }) => {
    for (const [lang, say] of Object.entries(unchecked)) {
      await page.goto(`/${lang}/`);
      await expect(page.locator("li.knot")).toHaveCount(25);
      await expect(page.locator(".without-script")).toBeVisible();
      await expect(page.locator(".without-script")).toContainText(say);
      await expect(page.locator("li.knot[data-check=unchecked]")).toHaveCount(25);
      await expect(page.locator(".alarm")).toBeHidden();
      await page.goto(`/${lang}/disclosures/${RECALL}`);
      await expect(page.locator(".prose")).toContainText("kettle");
      await expect(page.locator(".without-script")).toBeVisible();
      await page.goto(`/${lang}/search`);
      await page.locator("form.search input[name=q]").fill("kettle");
      await page.locator("form.search button").click();
      await expect(knot(page, RECALL)).toBeVisible();
    }
  });
});

test.describe("by keyboard", () => {
  test("the first Tab offers to skip to the text, and Enter goes there", async ({ page }) => {
    await page.goto("/en/");
    await page.keyboard.press("Tab");
    await expect(page.locator("a.skip")).toBeFocused();
    await expect(page.locator("a.skip")).toBeInViewport();
    await page.keyboard.press("Enter");
    await expect(page.locator("#main")).toBeFocused();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement.closest("main") !== null)).toBe(true);
  });

  test("j and k walk the list, Enter opens, / reaches the search, ? lists the keys", async ({ page }) => {
    await checked(page, "/en/");
    const open = (index) => knot(page, index).locator("[data-key-open]");
    await page.keyboard.press("j");
    await expect(open(55)).toBeFocused();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await expect(open(53)).toBeFocused();
    await page.keyboard.press("k");
    await expect(open(54)).toBeFocused();
    await page.keyboard.press("/");
    const field = page.locator("[data-key-search]");
    await expect(field).toBeFocused();
    // Typing is typing.
    await page.keyboard.type("jk?/");
    await expect(field).toHaveValue("jk?/");
    await field.blur();
    await page.keyboard.press("?");
    await expect(page.locator("dialog[data-key-help]")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog[data-key-help]")).toBeHidden();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/en\/disclosures\/55$/);
  });

  test("where the masthead has no room for a field, as at 200 % on a small screen, / opens the page of search", async ({ page }) => {
    await page.setViewportSize({ width: 640, height: 450 });
    // The movement from page to page is not what is looked at here, and Chromium breaks it off loudly when it comes too late.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await checked(page, "/en/disclosures/53");
    await page.keyboard.press("/");
    await expect(page).toHaveURL(/\/en\/search$/);
    await expect(page.locator("html[data-checked]")).toBeAttached();
    await page.keyboard.press("/");
    await expect(page.locator("form.search input[name=q]")).toBeFocused();
  });

  test("what has the focus is outlined, and with reduced motion nothing moves", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await checked(page, "/en/");
    await page.keyboard.press("j");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
    expect(parseFloat(outline)).toBeGreaterThanOrEqual(2);
    const moving = await page.evaluate(
      () => [...document.querySelectorAll("*")].filter((one) => ["", "::before", "::after"].some((part) => getComputedStyle(one, part || null).transitionDuration !== "0s")).length,
    );
    expect(moving).toBe(0);
  });

  test("the checks open and close from the keyboard", async ({ page }) => {
    await checked(page, `/en/disclosures/${RECALL}`);
    await panel(page, "C5").locator("summary").focus();
    await page.keyboard.press("Enter");
    await expect(panel(page, "C5").locator(".values")).toBeVisible();
    await page.keyboard.press("Space");
    await expect(panel(page, "C5").locator(".values")).toBeHidden();
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  for (const lang of ["en", "zh"]) {
    test(`no page of ${lang} is wider than the screen, with every check open`, async ({ page }) => {
      test.slow();
      for (const path of PAGES) {
        await checked(page, `/${lang}${path}`);
        await expect(page.locator("html[data-islands=failed]")).toHaveCount(0);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        expect(wide, `/${lang}${path}`).toBeLessThanOrEqual(screen);
      }
    });
  }
});
