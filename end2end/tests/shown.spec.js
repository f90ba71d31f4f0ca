// What a page says beside an entry is what the reader's browser checks: whoever alters a word of it on its way is found out.
import { CONTENT, ownPageFails } from "../caught.js";
import { checked, expect, failsBy, knot, test } from "../fixtures.js";

/** Serves one address with its page altered on the way. */
async function altering(page, gazette, path, alter) {
  await page.route(`${gazette.url}${path}`, async (route) => {
    const answer = await route.fetch();
    const html = await answer.text();
    const body = alter(html);
    expect(body === html, "the page is altered").toBe(false);
    await route.fulfill({ response: answer, body });
  });
  await checked(page, path);
}

/** Alters the first stretch that begins with `from` inside the element that carries `within`. */
const inside = (within, from, to) => (html) => {
  const at = html.indexOf(within);
  const [before, after] = [html.slice(0, at), html.slice(at)];
  return at < 0 ? html : before + after.replace(from, to);
};

test.describe("in a list, altered on its way", () => {
  const cases = [
    ["another body is said to have sealed it", "/en/", 53, /data-agency-name="[^"]*">[^<]*/, 'data-agency-name="gazette.example/finance">Yunze Finance Bureau'],
    ["its body bears another name", "/en/", 53, /(data-agency-name="[^"]*">)[^<]*/, "$1Yunze Health Bureau"],
    ["the stated date reads otherwise than machines are told", "/en/", 53, /(<time datetime="2026-10-27"[^>]*>)[^<]*/, "$126 Oct 2026"],
    ["the stated date is another", "/en/", 53, /datetime="2026-10-27"([^>]*>)[^<]*/, 'datetime="2026-10-26"$126 Oct 2026'],
    ["the log's time reads otherwise than machines are told", "/en/", 53, /(class="logged".*?<time [^>]*>)[^<]*/s, "$11 Jan 2020, 08:00"],
    ["the log's time is another", "/en/", 53, /(class="logged".*?<time datetime="20)26/s, "$125"],
    ["a withdrawal is called a repeal", "/en/", 49, /data-value="withdrawn"([^>]*)>Withdrawn/, 'data-value="repealed"$1>Repealed'],
    ["a withdrawal is of something else", "/en/", 49, /(data-of="[^"]*">)[^<]*/, "$1关于调整18路公交线路的公告"],
    ["a body is registered under another name", "/zh/?before=30", 6, /(data-agency-name="[^"]*">)[^<]*/, "$1云泽市卫生健康委员会"],
  ];
  for (const [what, path, index, from, to] of cases) {
    test(`${what}: that line fails, and no other`, async ({ page, gazette }) => {
      await altering(page, gazette, path, inside(`id="e${index}"`, from, to));
      await expect(knot(page, index)).toHaveAttribute("data-check", "fails");
      await expect(knot(page, index)).toHaveAttribute("data-failed", "C7");
      await expect(page.locator("li.knot[data-check=fails]")).toHaveCount(1);
      await expect(page.locator(".alarm")).toBeVisible();
    });
  }
});

test.describe("beside a document, altered on its way", () => {
  const notice = '<div role="note"';
  const cases = [
    ["a repeal by another rule", 8, inside(notice, /(data-of="[^"]*">)[^<]*/, "$1Weight limit on Wanghu Bridge"), ".notice"],
    ["a repeal on another day", 8, inside(notice, /(<time datetime="2026-)09(-01"[^>]*>)[^<]*/, "$110$21 Oct 2026"), ".notice"],
    ["a repeal for another reason", 8, inside(notice, /data-value="replaced-by-new-rule"([^>]*>)[^<]*/, 'data-value="court-decision"$1a court decided so'), ".notice"],
    ["the withdrawal of another document", 8, (html) => html.replace(/(<div [^>]*data-index=")34("[^>]*class="notice[^>]*>).*?<\/div>/s, '$149$2<p class="verdict"></p></div>'), ".notice"],
    ["a version said to be of another day", 41, inside('class="versions"', /datetime="2026-04-21"([^>]*>)[^<]*/, 'datetime="2026-04-22"$122 Apr 2026'), ".versions tr"],
    ["a version of another document", 41, inside('class="versions"', /(<tr)( [^>]*)?data-index="22"/, '$1$2data-index="9"'), ".versions tr"],
    ["a neighbour of another title", 53, inside('class="neighbours"', /(data-field="title"[^>]*>)[^<]*/, "$1Nothing of note"), ".neighbours li"],
  ];
  for (const [what, index, alter, place] of cases) {
    test(`${what}: it fails in its place`, async ({ page, gazette }) => {
      await altering(page, gazette, `/en/disclosures/${index}`, alter);
      await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
      await expect(page.locator(`${place}[data-check=fails]`)).toHaveCount(1);
      // The document itself is as it was sealed.
      await expect(page.locator(".judgement")).toHaveAttribute("data-check", "holds");
      if (place !== ".notice") return;
      await expect(page.locator(".notice .verdict")).toBeVisible();
      await expect(page.locator(".notice .verdict")).toHaveText(CONTENT);
      await expect(page.locator(".alarm")).toBeVisible();
    });
  }

  for (const [what, path, alter] of [
    ["its fingerprint", "/disclosures/53", inside('class="fingerprints"', /(data-field="leaf"[^>]*>(?:<[^>]*>)*)../, "$1Zz")],
    ["why parts were removed", "/entries/19", inside('id="says"', 'data-value="personal-data"', 'data-value="published-in-error"')],
    ["who signed", "/entries/19", inside('id="says"', /(data-field="signed_by"[^>]*>)[^<]*/, "$1gazette.example/finance")],
    ["the registered key", "/entries/6", inside('id="says"', /(data-field="key"[^>]*>)[^<]*/, "$1gazette.example/market+00000000+AAAA")],
  ]) {
    test(`${what}: its page fails`, async ({ page, gazette }) => {
      await altering(page, gazette, `/en${path}`, alter);
      await ownPageFails(page, { page: (path) => `/en${path}` }, path.split("/")[2], CONTENT, path.split("/")[1]);
      await failsBy(page, "C7", "shown-differs");
    });
  }
});

test.describe("agencies", () => {
  test("each is checked against its registration, and its seal fills", async ({ page }) => {
    await checked(page, "/en/agencies");
    await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
    await expect(page.locator("ul.bodies > li")).toHaveCount(7);
    await expect(page.locator("ul.bodies > li[data-check=holds]")).toHaveCount(7);
    await expect(page.locator('ul.bodies .seal[data-seal="holds"]')).toHaveCount(7);
  });

  for (const [what, path, place, alter] of [
    ["a name", "/en/agencies", "ul.bodies > li", inside('class="bodies"', "Yunze Finance Bureau", "Yunze Treasury")],
    ["a key", "/en/agencies/gazette.example/finance", ".registration", inside('class="registration"', /(data-field="key"[^>]*>)[^<]*/, "$1gazette.example/finance+00000000+AAAA")],
    ["a name on its own page", "/en/agencies/gazette.example/finance", ".registration", inside("<h1", "Yunze Finance Bureau", "Yunze Treasury")],
  ]) {
    test(`${what} altered on its way: it fails`, async ({ page, gazette }) => {
      await altering(page, gazette, path, alter);
      await expect(page.locator(`${place}[data-check=fails]`)).toHaveCount(1);
      await expect(page.locator(`${place}[data-check=fails] .verdict`).first()).toHaveText(CONTENT);
      await expect(page.locator(".alarm")).toBeVisible();
    });
  }
});

test("a time zone that the browser does not share is told rightly all the same", async ({ browser, gazette }) => {
  const context = await browser.newContext({ timezoneId: "America/St_Johns", locale: "ar-EG" });
  const page = await context.newPage();
  for (const lang of ["en", "zh"]) {
    await checked(page, `${gazette.url}/${lang}/`);
    await expect(page.locator("li.knot[data-check=holds]")).toHaveCount(25);
  }
  await context.close();
});
