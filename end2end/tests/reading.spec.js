// What a citizen meets: every page, in both languages, checked in the browser.
import { PAGES, checked, expect, knot, panel, test } from "../fixtures.js";

const NEWEST = 55;
// Entries of the sample, by what they show.
const SAMPLE = { repealed: 8, approval: 25, oldest: 14, older: 22, newest: 41, wrong: 37, right: 38, redacted: 17, redaction: 19, recall: 53 };

const words = {
  en: {
    tag: "en",
    other: "zh",
    progress: (count) => `All ${count} checked in this browser: every link holds`,
    verdict: (since, agency) =>
      `The log says it has stood here since ${since}; no outside witness confirms the date. Sealed by ${agency}; checked in this browser as of entry ${NEWEST}.`,
    row: (agency) => `In its place, sealed by ${agency}, title unchanged.`,
    plain: "In its place, unchanged.",
    agency: "Yunze Market Regulation Bureau",
    size: "56 entries",
    trial: "This is a trial chain. Nothing on it is an official publication.",
    repealed: "This document has been repealed",
    corrected: "This document has been corrected",
    later: "There is a later version of this document",
    removed: "Parts of this document were removed",
    oldest: "Oldest",
    newest: "Newest",
  },
  zh: {
    tag: "zh-Hans",
    other: "en",
    progress: (count) => `本页 ${count} 条已由本浏览器全部核验，环环相连`,
    verdict: (since, agency) =>
      `据日志所记，自 ${since} 起即在此处，这一时间尚无外部见证。由${agency}盖章；本浏览器核验至第 ${NEWEST} 条。`,
    row: (agency) => `位置未动，${agency}印章相符，标题未改。`,
    plain: "位置未动，未被改动。",
    agency: "云泽市市场监督管理局",
    size: "共 56 条",
    trial: "本链为试用链，所载内容均非正式公开文件。",
  },
};

for (const [lang, say] of Object.entries(words)) {
  test.describe(`in ${lang}`, () => {
    test("the timeline closes link by link: every knot and every link holds, and the page says so", async ({ page }) => {
      await checked(page, `/${lang}/`);
      await expect(page.locator("html")).toHaveAttribute("lang", say.tag);
      await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
      await expect(page.locator("li.knot")).toHaveCount(25);
      await expect(page.locator('li.knot[data-check="holds"]')).toHaveCount(25);
      await expect(page.locator('.link[data-link="holds"]')).toHaveCount(25);
      await expect(page.locator("[data-progress]")).toHaveText(say.progress(25));
      await expect(knot(page, SAMPLE.recall).locator(".verdict")).toHaveText(say.row(say.agency));
      await expect(knot(page, SAMPLE.recall).locator(".seal")).toHaveAttribute("data-seal", "holds");
      await expect(knot(page, 34).locator(".verdict")).toHaveText(say.plain);
      await expect(page.locator(".size")).toHaveText(say.size);
      await expect(page.locator(".alarm")).toBeHidden();
      await expect(page.locator(".without-script")).toBeHidden();
    });

    test("the pager goes to the first entry and back, checked all the way", async ({ page }) => {
      test.slow();
      await checked(page, `/${lang}/`);
      const pager = page.locator("nav.pager");
      for (const [rel, from] of [["next", 30], ["next", 5]]) {
        await pager.locator(`a[rel=${rel}]`).click();
        await expect(page.locator("li.knot").first()).toHaveAttribute("data-index", String(from));
        await expect(page.locator("html[data-checked=done]")).toBeAttached();
        await expect(page.locator("li.knot:not([data-check=holds])")).toHaveCount(0);
        await expect(page.locator(".link:not([data-link=holds])")).toHaveCount(0);
      }
      await expect(page.locator("li.knot").last()).toHaveAttribute("data-index", "0");
      // The first entry hangs from nothing.
      await expect(knot(page, 0).locator(".link")).toHaveCount(0);
      await expect(pager.locator("a[rel=next]")).toHaveCount(0);
      // Newest and oldest stand on each of these pages: on each they are gone to once it is there, and checked.
      await pager.locator("a[rel=prev]").click();
      await expect(page.locator("li.knot").first()).toHaveAttribute("data-index", "30");
      await expect(page.locator("html[data-checked=done]")).toBeAttached();
      await pager.locator("a").first().click();
      await expect(page).toHaveURL(new RegExp(`/${lang}/$`));
      await expect(page.locator("html[data-checked=done]")).toBeAttached();
      await pager.locator("a").last().click();
      await expect(page.locator("li.knot").last()).toHaveAttribute("data-index", "0");
    });

    test("each check shows the values it was decided on, by name, and where their bytes are", async ({ page, request }) => {
      for (const path of [`/disclosures/${SAMPLE.repealed}`, `/disclosures/${SAMPLE.redacted}`, "/entries/0", "/entries/7"]) {
        await checked(page, `/${lang}${path}`);
        const shown = await page.locator(".checks details").evaluateAll((all) =>
          Object.fromEntries(all.map((one) => [one.dataset.code, [...one.querySelectorAll(".values > div")].map((row) => [...row.children].map((cell) => cell.textContent))])),
        );
        for (const [code, rows] of Object.entries(shown)) {
          for (const [label, ...values] of rows) {
            expect(label, code).toMatch(lang === "zh" ? /[\u4e00-\u9fff]/ : /^[A-Z]/);
            expect(values.length, label).toBeGreaterThan(0);
            for (const value of values) expect(value, label).not.toBe("");
          }
        }
        const of = (code) => new Map(shown[code].map(([label, ...values]) => [label, values]));
        const fingerprint = /^[A-Za-z0-9+/]{43}=$/;
        if (path !== "/entries/0") {
          // The entry before: as written, and as computed.
          const [, , [, written], [, computed]] = shown.C1;
          expect(written).toMatch(fingerprint);
          expect(computed).toBe(written);
        }
        const [[, leaf], [, index], [, size], [, hashes], [, root], [, led]] = shown.C2;
        expect([leaf, root]).toEqual([expect.stringMatching(fingerprint), led]);
        expect([index, size, Number(hashes)]).toEqual([path.split("/")[2], "56", expect.any(Number)]);
        expect(shown.C3.map(([, value]) => value)).toEqual(["gazette.example/log", "56", root, expect.stringMatching(/[+][0-9a-f]{8}[+]/), expect.stringMatching(/^[A-Za-z0-9+/]{91}=$/)]);
        if (path.startsWith("/disclosures/")) {
          expect([...of("C5").values()].map(([value]) => value)).toEqual([
            expect.stringMatching(/^gazette.example\/[a-z]+$/), expect.stringMatching(fingerprint), expect.stringMatching(/^\d+$/),
            expect.stringMatching(/[+][0-9a-f]{8}[+]/), expect.stringMatching(/^[A-Za-z0-9+/]{91}=$/),
            lang === "zh" ? "本站" : "the portal",
          ]);
          expect(shown.C7.flat().filter((value) => /^sha256:[0-9a-f]{64}$/.test(value)).length).toBeGreaterThanOrEqual(4);
          expect(await panel(page, "C7").locator(".raws a").count()).toBeGreaterThanOrEqual(4);
        }
        for (const link of await page.locator(".checks .raws a").all()) {
          const answer = await request.get(await link.getAttribute("href"));
          expect(answer.status(), await link.getAttribute("href")).toBe(200);
        }
      }
      // Two ends of a fingerprint, and all of it to whoever goes to it.
      await panel(page, "C2").locator("summary").click();
      const whole = panel(page, "C2").locator(".values code").first();
      const narrow = await whole.evaluate((code) => code.getBoundingClientRect().width);
      await whole.focus();
      expect(await whole.evaluate((code) => code.getBoundingClientRect().width)).toBeGreaterThan(narrow * 1.5);
    });

    test("a disclosure says in one sentence what was checked, and each of the eight checks answers", async ({ page }) => {
      await checked(page, `/${lang}/disclosures/${SAMPLE.recall}`);
      const since = await page.locator(".for-logged time").first().textContent();
      await expect(page.locator("[data-verdict]")).toHaveText(say.verdict(since, say.agency));
      await expect(page.locator(".judgement")).toHaveAttribute("data-check", "holds");
      await expect(page.locator(".judgement .seal")).toHaveAttribute("data-seal", "holds");
      const answers = { C1: "holds", C2: "holds", C3: "holds", C4: "none", C5: "holds", C6: "none", C7: "holds", C8: "none" };
      for (const [code, answer] of Object.entries(answers)) await expect(panel(page, code)).toHaveAttribute("data-check", answer);
      await panel(page, "C2").locator("summary").click();
      await expect(panel(page, "C2").locator(".values")).toContainText("56");
      await expect(page.locator("li.knot[data-self]")).toHaveAttribute("data-check", "holds");
      await expect(page.locator(".neighbours li.knot")).toHaveCount(3);
    });

    test("the second visit compares with the first", async ({ page }) => {
      await checked(page, `/${lang}/`);
      await checked(page, `/${lang}/disclosures/${SAMPLE.recall}`);
      await expect(panel(page, "C8")).toHaveAttribute("data-check", "holds");
    });

    test("every page is a whole page of its language: heading, trial notice, its other language one link away", async ({ page }) => {
      test.slow();
      for (const path of PAGES) {
        const answer = await page.goto(`/${lang}${path}`);
        expect(answer.status(), path).toBe(200);
        await expect(page.locator("html")).toHaveAttribute("lang", say.tag);
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await expect(page.locator(".trial")).toContainText(say.trial);
        const other = page.locator("a.other");
        // The same page, not the front page: the address differs in its language alone.
        const there = new URL(await other.getAttribute("href"), page.url());
        const here = new URL(page.url());
        expect(there.pathname.replace(`/${say.other}/`, `/${lang}/`), path).toBe(here.pathname);
        expect([...there.searchParams]).toEqual([...here.searchParams]);
        // Left while its wasm is on the way, a page rightly says that it could not fetch it.
        await expect(page.locator("html[data-islands=waking]")).toHaveCount(0);
      }
    });
  });
}

test("switching the language keeps the page and its checks", async ({ page }) => {
  await checked(page, "/en/disclosures/41");
  await page.locator("a.other").click();
  await expect(page).toHaveURL(/\/zh\/disclosures\/41$/);
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
  await expect(page.locator(".judgement")).toHaveAttribute("data-check", "holds");
  await checked(page, "/en/?before=30");
  await page.locator("a.other").click();
  await expect(page).toHaveURL(/\/zh\/\?before=30$/);
  await expect(page.locator("li.knot").first()).toHaveAttribute("data-index", "29");
});

test("the front door opens in the browser's language", async ({ browser, gazette }) => {
  for (const [locale, lang] of [["zh-CN", "zh"], ["en-GB", "en"], ["fr-FR", "en"]]) {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(gazette.url);
    await expect(page).toHaveURL(`${gazette.url}/${lang}/`);
    await context.close();
  }
});

test.describe("lists and documents", () => {
  const en = words.en;

  test("by the stated date: in that order, without cord between neighbours that are none, each checked", async ({ page }) => {
    await checked(page, "/en/?order=stated");
    const dates = await page.locator("li.knot .stated time").evaluateAll((times) => times.map((time) => time.dateTime));
    expect(dates.length).toBe(25);
    expect(dates).toEqual([...dates].sort().reverse());
    await expect(page.locator("li.knot[data-check=holds]")).toHaveCount(25);
    await expect(page.locator(".link")).toHaveCount(0);
    await page.getByRole("link", { name: en.oldest }).click();
    await expect(page).toHaveURL(/order=stated&/);
    await expect(page.locator("html[data-checked=done]")).toBeAttached();
    await page.getByRole("link", { name: en.newest }).click();
    await expect(page.locator("li.knot .stated time").first()).toHaveAttribute("datetime", dates[0]);
  });

  test("versions: each names the others, and the old one points at the newest", async ({ page }) => {
    await checked(page, `/en/disclosures/${SAMPLE.oldest}`);
    await expect(page.locator(".notice.severe")).toContainText(en.later);
    await expect(page.locator(".versions tbody tr")).toHaveCount(3);
    await page.locator(".notice.severe a").click();
    await expect(page).toHaveURL(new RegExp(`/en/disclosures/${SAMPLE.newest}$`));
    await expect(page.locator(".notice.severe")).toHaveCount(0);
    await expect(page.locator(".versions tr[aria-current]")).toHaveCount(1);
    await expect(page.locator(".judgement")).toHaveAttribute("data-check", "holds");
  });

  test("a repeal says so, since when, and names the rule that repeals", async ({ page }) => {
    await checked(page, `/en/disclosures/${SAMPLE.repealed}`);
    const notice = page.locator(".notice.severe");
    await expect(notice).toContainText(en.repealed);
    await expect(notice).toContainText("from 1 Sep 2026");
    await expect(page.locator(".judgement")).toHaveAttribute("data-check", "holds");
    await notice.locator("a").first().click();
    await expect(page).toHaveURL(/\/en\/disclosures\/33$/);
  });

  test("why a document was changed or parts removed is said in words, in both languages", async ({ page }) => {
    for (const [path, words] of [
      [`/en/disclosures/${SAMPLE.repealed}`, "Reason: a newer rule takes its place"],
      [`/zh/disclosures/${SAMPLE.repealed}`, "理由：已由新的规定取代"],
    ]) {
      await checked(page, path);
      await expect(page.locator(".notice")).toContainText(words);
      await expect(page.locator(".notice")).toHaveAttribute("data-check", "holds");
    }
    for (const [lang, words] of [["en", "it held personal data"], ["zh", "含有个人信息"]]) {
      await checked(page, `/${lang}/entries/${SAMPLE.redaction}`);
      await expect(page.locator(".catalogue dl")).toContainText(words);
    }
  });

  test("a document in another language brings its translation into the page, and the browser checks it too", async ({ page, gazette }) => {
    await checked(page, `/en/disclosures/${SAMPLE.newest}`);
    await expect(page.locator(".translated")).toContainText("Changes to bus route 18 (revised in August)");
    await expect(page.locator("#translation + .prose")).toContainText("bus 18 returns to South Gate Street");
    await expect(panel(page, "C7")).toHaveAttribute("data-check", "holds");
    await checked(page, `/zh/disclosures/${SAMPLE.newest}`);
    await expect(page.locator("#translation")).toHaveCount(0);
    await page.route(`${gazette.url}/en/disclosures/${SAMPLE.newest}`, async (route) => {
      const answer = await route.fetch();
      const html = await answer.text();
      await route.fulfill({ response: answer, body: html.replace("returns to South Gate Street", "avoids South Gate Street") });
    });
    await checked(page, `/en/disclosures/${SAMPLE.newest}`);
    await expect(panel(page, "C7")).toHaveAttribute("data-check", "fails");
  });

  test("a correction keeps the wrong figures readable and leads to the right ones", async ({ page }) => {
    await checked(page, `/en/disclosures/${SAMPLE.wrong}`);
    await expect(page.getByText(en.corrected)).toBeVisible();
    await expect(page.locator(".prose")).not.toBeEmpty();
    await page.getByRole("link", { name: "Read the newest version" }).click();
    await expect(page).toHaveURL(new RegExp(`/en/disclosures/${SAMPLE.right}$`));
  });

  test("a redaction: the part is gone, its place and the removal stay, and C7 holds because the chain says so", async ({ page, request }) => {
    await checked(page, `/en/disclosures/${SAMPLE.redacted}`);
    await expect(page.getByText(en.removed)).toBeVisible();
    await expect(panel(page, "C7")).toHaveAttribute("data-check", "holds");
    await expect(panel(page, "C7")).toHaveAttribute("data-reason", "redacted");
    await expect(page.locator(".judgement")).toHaveAttribute("data-check", "holds");
    const gone = page.locator(".parts li", { has: page.locator(".gone") });
    await expect(gone).toHaveCount(1);
    await expect(gone.locator("a")).toHaveCount(0);
    const commitment = await gone.getAttribute("data-part");
    for (const address of [`/content/${commitment}`, `/content/${commitment}.salt`]) {
      const answer = await request.get(address);
      expect(answer.status()).toBe(410);
      expect(await answer.text()).toBe(`redacted by entry ${SAMPLE.redaction}\n`);
    }
  });

  test("an attached drawing that carries a script is shown and its script never runs", async ({ page, request }) => {
    await checked(page, `/en/disclosures/${SAMPLE.approval}`);
    const link = page.locator('.parts a[href^="/content/"]').first();
    const address = await link.getAttribute("href");
    const answer = await request.get(address);
    expect(answer.headers()).toMatchObject({
      "content-type": "image/svg+xml",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
      "content-disposition": expect.stringMatching(/^inline; filename="[\w]+\.svg"; filename\*=UTF-8''[\w%.-]+\.svg$/),
    });
    expect(answer.headers()["content-security-policy"]).toContain("sandbox");
    expect(answer.headers()["content-security-policy"]).toContain("default-src 'none'");
    expect(await answer.text()).toContain("data-ran");
    const again = await request.get(address, { headers: { "if-none-match": answer.headers().etag } });
    expect(again.status()).toBe(304);
  });

  test.describe("opened", () => {
    // Chromium says on the console that the sandbox stopped the script; that is what is wanted here.
    test.use({ mayComplain: true });
    test("on its own, the drawing's script did not run", async ({ page }) => {
      await page.goto(`/en/disclosures/${SAMPLE.approval}`);
      const address = await page.locator('.parts a[href^="/content/"]').first().getAttribute("href");
      await page.goto(address);
      expect(await page.evaluate(() => [document.documentElement.localName, document.documentElement.hasAttribute("data-ran")])).toEqual(["svg", false]);
    });
  });

  test("every attachment of the sample is what its disclosure committed to", async ({ request }) => {
    const bundle = await (await request.get("/log/evidence/56/8-55")).json();
    let parts = 0;
    for (const { entry } of bundle.entries) {
      const core = JSON.parse(entry.split("\n\n")[1].split("\n")[1]);
      for (const part of core.type === "disclosure" ? core.parts : []) {
        const answer = await request.get(`/content/${part.commitment}`);
        if (answer.status() === 410) continue;
        expect((await answer.body()).length).toBe(part.size);
        expect(answer.headers()["content-security-policy"]).toContain("sandbox");
        expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
        expect(answer.headers()["content-type"]).not.toMatch(/html|javascript/);
        parts += 1;
      }
    }
    expect(parts).toBe(113);
  });

  test("agencies: every body with its seal, and its own list, checked", async ({ page }) => {
    await checked(page, "/en/agencies");
    await expect(page.locator("ul.bodies > li")).toHaveCount(7);
    await page.getByRole("link", { name: "Yunze Finance Bureau" }).click();
    await expect(page).toHaveURL(/\/agencies\/gazette\.example\/finance$/);
    await expect(page.locator("html[data-checked=done]")).toBeAttached();
    const count = await page.locator("li.knot").count();
    expect(count).toBeGreaterThan(4);
    await expect(page.locator("li.knot[data-check=holds]")).toHaveCount(count);
    await expect(page.locator("[data-progress]")).toHaveText(`All ${count} checked in this browser: each holds`);
  });

  test("the chain's page names identity, size, key and how to check it oneself", async ({ page, request }) => {
    await checked(page, "/en/chain");
    const first = (await (await request.get("/log/evidence/56/1")).json()).entries.find(({ index }) => index === 0);
    expect(first.entry).toContain('"trial":true');
    const [origin, size, root] = (await (await request.get("/log/checkpoint")).text()).split("\n");
    await expect(page.locator("main")).toContainText(origin);
    await expect(page.locator("main")).toContainText(size);
    await expect(page.locator("main")).toContainText(root);
    await expect(page.locator("#check")).toBeVisible();
  });
});

test.describe("search", () => {
  const found = async (page, query, lang = "en") => {
    await page.goto(`/${lang}/search?${new URLSearchParams(query)}`);
    // A page that is left while its checks still load would complain of just that.
    await expect(page.locator("html:not([data-islands=waking])")).toBeAttached();
    return page.locator("li.knot").evaluateAll((knots) => knots.map((one) => Number(one.dataset.index)));
  };

  test("finds by word, by phrase, by document number and by part of a Chinese text, and checks what it found", async ({ page }) => {
    expect(await found(page, { q: "kettle" })).toContain(SAMPLE.recall);
    await expect(page.locator("html[data-checked=done]")).toBeAttached();
    await expect(page.locator("li.knot:not([data-check=holds])")).toHaveCount(0);
    await expect(page.locator("mark").first()).toHaveText(/kettle/i);
    // A line's check does not reach its extract; the page says so.
    await expect(page.locator("#extracts")).toHaveText("Extracts in pencil are not checked until you open the text.");
    expect(await found(page, { q: "政府信息公开" }, "zh")).toContain(10);
    expect(await found(page, { q: '"shared bicycles"' })).toContain(33);
    await checked(page, "/en/disclosures/33");
    const number = await page.locator('[data-field="document_number"]').first().textContent();
    expect((await found(page, { q: number }))[0]).toBe(33);
  });

  test("narrows by agency, sorts by date, and counts truly", async ({ page }) => {
    const all = await found(page, { q: "2026", agency: "gazette.example/finance", sort: "newest" });
    await expect(page.locator(".count")).toContainText(String(all.length));
    const agencies = await page.locator("li.knot [data-agency-name]").evaluateAll((names) => [...new Set(names.map((name) => name.dataset.agencyName))]);
    expect(agencies).toEqual(["gazette.example/finance"]);
    const dates = await page.locator("li.knot .stated time").evaluateAll((times) => times.map((time) => time.dateTime));
    expect(dates).toEqual([...dates].sort().reverse());
  });

  test("finds nothing, and says so, for what is not here; hostile queries are text", async ({ page }) => {
    for (const q of ["zzzzqqq", '<img src=x onerror="document.title=1">', "“", "a".repeat(3000), "\u202Edne", "AND OR NOT ( [ *", "%00"]) {
      const answer = await page.goto(`/en/search?${new URLSearchParams({ q })}`);
      expect(answer.status(), q).toBeLessThan(500);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("main img")).toHaveCount(0);
      await expect(page.locator("html[data-islands=waking]")).toHaveCount(0);
    }
  });
});

test.describe("where there is no page", () => {
  test.use({ mayComplain: true });

  test("the answer has the right status, the right language, and a way on", async ({ page }) => {
    const cases = [
      ["/en/nowhere", 404, "There is no such page"],
      ["/zh/nowhere", 404, "没有这一页"],
      ["/en/disclosures/4000", 404, "There is no entry 4,000 yet."],
      ["/en/entries/4000", 404, "There is no entry 4,000 yet."],
      ["/en/disclosures/007", 400, "This address cannot be read"],
      ["/en/disclosures/x", 400, "This address cannot be read"],
      ["/en/?before=x", 400, "This address cannot be read"],
      ["/zh/?before=0", 400, "网址有误"],
      ["/en/agencies/gazette.example/nobody", 404, "There is no such page"],
    ];
    for (const [path, status, sentence] of cases) {
      const answer = await page.goto(path);
      expect(answer.status(), path).toBe(status);
      await expect(page.locator("html")).toHaveAttribute("lang", path.startsWith("/zh") ? "zh-Hans" : "en");
      await expect(page.locator("main")).toContainText(sentence);
      await expect(page.locator("main a").first()).toBeVisible();
    }
  });
});
