// A server whose log is sound and whose pages or answers lie: whatever it shows beside what was sealed, or leaves out, the
// reader's browser does not call good.
import { CONTENT, FINANCE, NEWEST, RECALL, TREE, ownPageFails, publish } from "../caught.js";
import { checked, expect, failsBy, knot, panel, test } from "../fixtures.js";
import * as operator from "../operator.js";

test.use({ mayComplain: true });

// Entries of the sample: a report that another one holds the place of, a budget with a translation and an attachment, an award
// to a company with two attachments of which one was removed, that removal, a rule that was repealed, its repeal, a withdrawal.
const OTHER = 20;
const BUDGET = 9;
const AWARD = 17;
const REMOVAL = 19;
const REPEALED = 8;
const REPEAL = 34;
const WITHDRAWAL = 49;

/** Serves one address with its page altered on the way; `headers` may take some away. */
async function altered(page, url, path, alter, headers = (given) => given) {
  await page.route(`${url}${path}`, async (route) => {
    const answer = await route.fetch();
    const html = await answer.text();
    const body = await alter(html);
    expect(body === html, "the page is altered").toBe(false);
    await route.fulfill({ response: answer, body, headers: headers(answer.headers()) });
  });
}

/** Alters what an element of the page holds, from the first tag that carries `within` on. */
const inside = (within, from, to) => (html) => {
  const at = html.indexOf(within);
  return at < 0 ? html : html.slice(0, at) + html.slice(at).replace(from, to);
};

const TITLE = /<bdi data-field="title"([^>]*)>([^<]*)<\/bdi>/;
const inRowOf = (index, from, to) => inside(`id="e${index}"`, from, to);
const inRow = (from, to) => inRowOf(RECALL, from, to);

test.describe("a line of the timeline", () => {
  const cases = [
    ["another title, the true one declared as a date", TITLE, '<bdi data-field="title" datetime="$2"$1>The mayor resigns</bdi>'],
    ["another title, the true one declared as a value", TITLE, '<bdi data-field="title" data-value="$2"$1>The mayor resigns</bdi>'],
    ["another title, not marked as one", TITLE, "<bdi$1>The mayor resigns</bdi>"],
    ["another title beside the true one", TITLE, '<bdi data-field="title"$1>$2</bdi> is untrue'],
    ["another title, the true one unseen", TITLE, '<bdi data-field="title"$1 hidden>$2</bdi><b>The mayor resigns</b>'],
    ["a word of the title unseen", TITLE, '<bdi data-field="title"$1><span hidden>$2</span></bdi>'],
    ["no title at all", /<h2 class="title">.*?<\/h2>/s, ""],
    ["another body, not marked as one", /<a [^>]*class="agency".*?<\/a>/s, "<span>Ministry of Defence</span>"],
    ["another stated date, not marked as one", /(<div class="stated">.*?)<time [^>]*>[^<]*<\/time>/s, "$1<span>1 Jan 1999</span>"],
    ["another log's time, not marked as one", /(<div class="logged">.*?)<time [^>]*>[^<]*<\/time>/s, "$1<span>1 Jan 1999, 08:00</span>"],
  ];
  for (const [what, from, to] of cases) {
    test(`${what}: it fails, and no other`, async ({ page, gazette }) => {
      await altered(page, gazette.url, "/en/", inRow(from, to));
      await checked(page, "/en/");
      await expect(knot(page, RECALL)).toHaveAttribute("data-failed", "C7");
      await expect(knot(page, RECALL).locator(".verdict")).toHaveText(CONTENT);
      await expect(page.locator("li.knot[data-check=fails]")).toHaveCount(1);
      await expect(page.locator(".alarm")).toBeVisible();
      await page.locator(".alarm a").click();
      await expect(knot(page, RECALL)).toBeInViewport();
      await page.keyboard.press("Tab");
      await expect(page.locator(`#e${RECALL} a:focus, #e${RECALL} .agency:focus`)).toHaveCount(1);
    });
  }

  const called = [
    ["a withdrawal called a repeal in words alone", "/en/", WITHDRAWAL, /(data-value="withdrawn"[^>]*>)Withdrawn/, "$1Repealed"],
    ["a withdrawal called a repeal, which is not marked", "/en/", WITHDRAWAL, / data-field="kind" data-value="withdrawn"([^>]*>)Withdrawn/, "$1Repealed"],
    ["a withdrawal called by no kind, but by number", "/en/", WITHDRAWAL, /(data-value="withdrawn"[^>]*>)Withdrawn: .*?<\/bdi>/, "$1Repealed: Entry 12"],
    ["a withdrawal of another entry, called by number", "/en/", WITHDRAWAL, /<bdi data-of=.*?<\/bdi>/, '<bdi data-field="entry" data-value="12">Entry 12</bdi>'],
    ["a withdrawal of another entry, called by number in words alone", "/en/", WITHDRAWAL, /<bdi data-of="([^"]*)".*?<\/bdi>/, '<bdi data-field="entry" data-value="$1">Entry 12</bdi>'],
    ["words behind a withdrawal", "/en/", WITHDRAWAL, /(data-value="withdrawn"[^>]*>Withdrawn: .*?<\/bdi>)/, "$1 and burnt"],
    ["a removal called an amendment", "/en/?before=30", REMOVAL, /(data-value="redaction"[^>]*>)Parts removed/, "$1Amended"],
    ["a removal said to be an amendment", "/en/?before=30", REMOVAL, /data-field="type" data-value="redaction"([^>]*>)Parts removed/, 'data-field="kind" data-value="amended"$1Amended'],
  ];
  for (const [what, path, index, from, to] of called) {
    test(`${what}: it fails, and no other`, async ({ page, gazette }) => {
      await altered(page, gazette.url, path, inRowOf(index, from, to));
      await checked(page, path);
      await expect(knot(page, index)).toHaveAttribute("data-failed", "C7");
      await expect(page.locator("li.knot[data-check=fails]")).toHaveCount(1);
    });
  }

  test("a withdrawal, whose document is called by its number: it holds", async ({ page, gazette }) => {
    const numbered = /<bdi data-of="([^"]*)".*?<\/bdi>/;
    await altered(page, gazette.url, "/en/", inRowOf(WITHDRAWAL, numbered, '<bdi data-field="entry" data-value="$1">Entry $1</bdi>'));
    await checked(page, "/en/");
    await expect(knot(page, WITHDRAWAL)).toHaveAttribute("data-check", "holds");
  });

  test("left out: the cord is cut where it was", async ({ page, gazette }) => {
    await altered(page, gazette.url, "/en/", (html) => html.replace(new RegExp(`<li [^>]*id="e${RECALL}".*?</li>`, "s"), ""));
    await checked(page, "/en/");
    await expect(knot(page, RECALL + 1).locator(".link")).toHaveAttribute("data-link", "fails");
    await expect(page.locator("li.knot[data-check=fails]")).toHaveCount(1);
    await expect(page.locator(".alarm")).toBeVisible();
  });

  test("left out, and its neighbour said to be tied to the next: the cord is cut where it was", async ({ page, gazette }) => {
    await altered(page, gazette.url, "/en/", (html) =>
      html.replace(new RegExp(`<li [^>]*id="e${RECALL}".*?</li>`, "s"), "").replace(`data-link-to="${RECALL}"`, `data-link-to="${RECALL - 1}"`),
    );
    await checked(page, "/en/");
    await expect(knot(page, RECALL + 1).locator(".link")).toHaveAttribute("data-link", "fails");
  });

  test("said to be an entry beyond the tree: it is not in it", async ({ page, gazette }) => {
    await altered(page, gazette.url, "/en/?order=stated", (html) => html.replace(`data-index="${RECALL}"`, 'data-index="999"'));
    await checked(page, "/en/?order=stated");
    await expect(knot(page, 999)).toHaveAttribute("data-failed", /^C2/);
    await expect(knot(page, 999).locator(".verdict")).toHaveText(TREE);
    await expect(page.locator(".alarm")).toBeVisible();
  });
});

test.describe("a disclosure's page", () => {
  const other = (url) => async () => (await fetch(`${url}/en/disclosures/${OTHER}`)).text();
  const cases = [
    ["another title, the true one declared as a date", inside("<h1", TITLE, '<bdi data-field="title" datetime="$2"$1>The mayor resigns</bdi>')],
    ["another title, not marked as one", inside("<h1", TITLE, "<bdi$1>The mayor resigns</bdi>")],
    ["another issuer, not marked as one", (html) => html.replace(/<p class="issuer">.*?<\/p>/s, '<p class="issuer">Ministry of Defence</p>')],
    ["words beside the issuer", (html) => html.replace(/(<p class="issuer">)/, "$1Ministry of Defence for ")],
    ["another time of the log to people", inside('class="for-logged"', /(<time [^>]*>)[^<]*/, "$11 Jan 1999, 00:00")],
    ["another time of the log, not marked as one", inside('class="for-logged"', /<time [^>]*>[^<]*<\/time>/, "1 Jan 1999, 00:00")],
    ["another stated date, not marked as one", inside('class="for-stated"', /<time [^>]*>[^<]*<\/time>/, "1 Jan 1999")],
    ["another text beside the true one, which is unseen", (html) => html.replace(/<div ([^>]*)class="prose"/, '<div class="prose"><p>It is safe.</p></div><div hidden $1class="prose"')],
    ["the true text in an unseen section", (html) => html.replace(/<section ([^>]*class="body")/, "<section hidden $1")],
    ["another text after the true one", inside('class="prose"', "</section>", "<p>It is safe.</p></section>")],
    ["a picture after the true text", inside('class="prose"', "</section>", '<img src="/favicon.svg" alt=""></section>')],
  ];
  for (const [what, alter] of cases) {
    test(`${what}: it fails`, async ({ page, gazette }) => {
      await altered(page, gazette.url, `/en/disclosures/${RECALL}`, alter);
      await ownPageFails(page, { page: (path) => `/en${path}` }, RECALL, CONTENT);
      await failsBy(page, "C7", "shown-differs");
      for (const code of ["C1", "C2", "C3", "C5"]) await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
    });
  }

  test("of another disclosure, whole and true: it is not the one at this address", async ({ page, gazette }) => {
    await altered(page, gazette.url, `/en/disclosures/${RECALL}`, other(gazette.url));
    await ownPageFails(page, { page: (path) => `/en${path}` }, RECALL, CONTENT);
    await failsBy(page, "C7", "shown-differs");
  });

  test("another text under a base of the page's own: it fails", async ({ page, gazette }) => {
    const alter = (html) => inside('class="prose"', "kettle", "cattle")(html.replace("<head>", '<head><base href="/">'));
    await altered(page, gazette.url, `/en/disclosures/${RECALL}`, alter, ({ "content-security-policy": _, ...rest }) => rest);
    await checked(page, `/en/disclosures/${RECALL}`);
    expect(await page.evaluate(() => document.baseURI)).toBe(`${gazette.url}/`);
    await failsBy(page, "C7", "shown-differs");
  });

  const exchange = (pattern) => (html) => {
    const [one, two] = [...html.matchAll(pattern)].map((found) => found[1]);
    return html.replace(pattern, (all, found) => all.replace(found, found === one ? two : one));
  };
  const NAMES = /<bdi data-field="parts"[^>]*>([^<]*)</g;
  for (const [what, index, alter] of [
    ["the links of two files exchanged", BUDGET, exchange(/<a href="(\/content\/[^"]*)"[^>]*><bdi data-field="parts"/g)],
    ["the names of two files exchanged", BUDGET, exchange(NAMES)],
    ["the names of a file and of a removed one exchanged", AWARD, exchange(NAMES)],
    ["a file from elsewhere", BUDGET, inside('class="parts"', /href="\/content\/[^"]*"/, 'href="/favicon.svg"')],
    ["a file from elsewhere beside the true one", BUDGET, inside('class="parts"', "</a>", '</a> <a href="/favicon.svg">the whole table</a>')],
    ["a file under words that are not marked", BUDGET, inside('class="parts"', /<bdi data-field="parts"[^>]*>[^<]*/, "<bdi>The mayor's salary")],
    ["words beside a file's name, in its link", BUDGET, inside('class="parts"', "</bdi></a>", "</bdi>, forged</a>")],
    ["another fingerprint beside a file", BUDGET, inside('class="parts"', /(class="hash cut">sha256:)....../, "$1000000")],
    ["a file left out", BUDGET, (html) => html.replace(/<section class="parts">.*?<\/section>/s, "")],
    ["a file listed twice", AWARD, inside('class="parts"', /<li .*?<\/li>/s, "$&$&")],
    ["a file's name outside of the list", AWARD, inside("<h1", "</h1>", '</h1><p data-field="parts">评分汇总表.csv</p>')],
    ["another title in the reader's language", BUDGET, inside('class="translated"', /(<bdi [^>]*>)[^<]*/, "$1The mayor resigns")],
    ["the number of another body it is about", AWARD, inside('class="subjects"', /(class="id">)[^<]*/, "$191999900MA7YU0B63X")],
    ["the number of the body it is about called another", AWARD, inside('class="subjects"', 'data-value="uscc"', 'data-value="lei"')],
    ["the number of the body it is about called another in words alone", AWARD, inside('class="subjects"', "Unified social credit code", "Company number")],
    ["another language in words alone", BUDGET, inside('class="catalogue"', /(data-value="zh">)Chinese/, "$1English")],
    ["a copy called the original in words alone", BUDGET, inside('class="catalogue"', /(data-value="original">)original/, "$1copy")],
    ["an original declared a copy", BUDGET, inside('class="catalogue"', 'data-value="original">original', 'data-value="copy">copy')],
    ["words beside the body it is about", AWARD, inside('class="subjects"', "</li>", "(in liquidation)</li>")],
    ["a number of the body it is about outside of the list", AWARD, inside("<h1", "</h1>", '</h1><p data-field="subjects">91999900MA7YU0A16C</p>')],
  ]) {
    test(`${what}: it fails`, async ({ page, gazette }) => {
      await altered(page, gazette.url, `/en/disclosures/${index}`, alter);
      await checked(page, `/en/disclosures/${index}`);
      await failsBy(page, "C7", "shown-differs");
    });
  }

  test("the numbers of two bodies it is about exchanged: it fails", async ({ page, cheated }) => {
    const subjects = [{ scheme: "uscc", id: "91999900MA7YU0B63X", name: "Acme" }, { scheme: "uscc", id: "91999900MA7YU0A16C", name: "Bolt" }];
    const portal = await cheated((place) =>
      publish(place, operator.disclosure(place, { agency: FINANCE, by: operator.key(place, "seal-gazette.example+finance"), described: { subjects } })),
    );
    const path = `/disclosures/${NEWEST + 1}`;
    await checked(page, portal.page(path));
    await expect(panel(page, "C7")).toHaveAttribute("data-check", "holds");
    await altered(page, portal.url, `/en${path}`, exchange(/class="id">([^<]*)</g));
    await checked(page, portal.page(path));
    await failsBy(page, "C7", "shown-differs");
  });

  for (const [what, alter] of [
    ["another change in words alone", inside('class="notice', /(data-value="repealed"[^>]*>)[^<]*/, "$1This document is in force again")],
    ["another change that is not marked", inside('class="notice', /<strong [^>]*>[^<]*/, "<strong>This document is in force again")],
    ["another reason in words alone", inside('class="notice', /(data-value="replaced-by-new-rule"[^>]*>)[^<]*/, "$1a court decided so")],
  ]) {
    test(`over it, ${what}: that fails in its place`, async ({ page, gazette }) => {
      await altered(page, gazette.url, `/en/disclosures/${REPEALED}`, alter);
      await checked(page, `/en/disclosures/${REPEALED}`);
      await expect(page.locator(".notice[data-index]")).toHaveAttribute("data-check", "fails");
      await expect(page.locator(".notice[data-index]")).toHaveAttribute("data-failed", "C7");
      await expect(page.locator(".alarm")).toBeVisible();
    });
  }
});

test.describe("the page of a change", () => {
  for (const [what, index, alter] of [
    ["called another over it", REPEAL, inside("<h1", /(data-value="repealed"[^>]*>)Repealed/, "$1Amended")],
    ["called another over it, which is not marked", REPEAL, inside("<h1", /<bdi data-field="kind"[^>]*>Repealed/, "<bdi>Amended")],
    ["called another in what it says", REPEAL, inside('id="says"', /(data-standing="repealed"[^>]*>)Repealed/, "$1Amended")],
    ["given another reason in words alone", REPEAL, inside('id="says"', /(data-value="replaced-by-new-rule"[^>]*>)[^<]*/, "$1a court decided so")],
    ["a removal called a repeal", REMOVAL, inside("<h1", /(data-value="redaction"[^>]*>)Parts removed/, "$1Repealed")],
  ]) {
    test(`${what}: it fails`, async ({ page, gazette }) => {
      await altered(page, gazette.url, `/en/entries/${index}`, alter);
      await ownPageFails(page, { page: (path) => `/en${path}` }, index, CONTENT, "entries");
      await failsBy(page, "C7", "shown-differs");
    });
  }
});

test.describe("the chain itself", () => {
  const NOT_OURS = "This page gives an identity, an origin or a key that is not this chain's.";
  // Another identity, origin or key, of the same form.
  const other = (before, behind = "") => [new RegExp(`(${before})[^<\\n]{5}(?=[^<]*${behind})`, "s"), "$1AAAAA"];
  for (const [what, path, within, [from, to]] of [
    ["another identity on its own page", "/chain", 'class="fingerprint', other("<code>")],
    ["another identity there that is not marked", "/chain", "<section", [/<p class="fingerprint of-identity"><code>/, '<p class="fingerprint"><code>AAAA']],
    ["another identity in the foot of its own page", "/chain", 'class="foot"', other('of-identity"><code [^>]*>')],
    ["another origin", "/chain", "<section", other('class="of-origin">')],
    ["another log key", "/chain", 'class="keylist"', other('class="vkey"[^>]*>')],
    ["a registrar's key altered", "/chain", 'data-value="registrar"', other('class="vkey"[^>]*>[^+]*[+]')],
    ["a registrar's key called the log's", "/chain", 'class="keylist"', [/data-value="registrar"([^>]*)>[^<]*/, 'data-value="log"$1>Log key']],
    ["a registrar's key called the log's in words alone", "/chain", 'class="keylist"', [/(data-value="registrar"[^>]*>)Registrar key/, "$1Log key"]],
    ["a key left out", "/chain", 'class="keylist"', [/<li class="key".*?<\/li>/s, ""]],
    ["another key for other software", "/chain", 'class="client"', [/[+][0-9a-f]{8}[+]/, "+00000000+"]],
    ["another identity in the foot of a document's page", `/disclosures/${RECALL}`, 'class="foot"', other('of-identity"><code [^>]*>')],
    ["another identity in the foot there that is not marked", `/disclosures/${RECALL}`, 'class="foot"', [/<dd class="of-identity"><code [^>]*>/, "<dd><code>AAAA"]],
    ["another identity on a document's page as printed", `/disclosures/${RECALL}`, 'class="on-paper"', other('class="of-identity">')],
    ["another fingerprint of a document as printed", `/disclosures/${RECALL}`, 'class="on-paper"', other('data-field="leaf">')],
    ["another origin over the timeline", "/", 'class="imprint"', other('of-origin">')],
  ]) {
    test(`${what}: an alarm`, async ({ page, gazette }) => {
      await altered(page, gazette.url, `/en${path}`, inside(within, from, to));
      await checked(page, `/en${path}`);
      await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
      await expect(page.locator(".alarm")).toBeVisible();
      await expect(page.locator(".alarm-text")).toContainText(what.includes("fingerprint of a document") ? CONTENT : NOT_OURS);
      if (path === "/chain") {
        await expect(page.locator("section.identity")).toHaveAttribute("data-check", "fails");
        await expect(page.locator("section.identity > .verdict")).toHaveText(NOT_OURS);
      }
    });
  }

  test("is what its page says it is, which says what was compared", async ({ page }) => {
    for (const [lang, said] of [
      ["en", `Compared in this browser: the identity is the fingerprint of the charter that the chain has as entry 0, and origin and keys are those its charter names, as of entry ${NEWEST}.`],
      ["zh", `本浏览器已比对：链的身份即链上第 0 条（章程）的指纹，链名与密钥同章程所载，截至第 ${NEWEST} 条。`],
    ]) {
      await checked(page, `/${lang}/chain`);
      await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
      await expect(page.locator("section.identity > .verdict")).toHaveText(said);
      await expect(page.locator("section.identity")).toHaveAttribute("data-check", "holds");
      await expect(page.locator(".alarm")).toBeHidden();
    }
  });
});

test.describe("evidence that does not come", () => {
  const SAID = {
    en: "Not checked: the portal did not answer with the evidence.",
    zh: "未能从本站取得核验材料，未经核验。",
  };
  for (const address of ["**/log/evidence/**", "**/log/checkpoint"]) {
    test(`${address}: everything is said to be unchecked, and nothing to be right`, async ({ page }) => {
      await page.route(address, (route) => route.abort());
      for (const [lang, said] of Object.entries(SAID)) {
        await checked(page, `/${lang}/disclosures/${RECALL}`);
        await expect(page.locator("[data-verdict]")).toHaveText(said);
        await expect(page.locator(".judgement")).toHaveAttribute("data-check", "unknown");
        await expect(panel(page, "C1").locator(".answer")).toHaveText(said);
        await checked(page, `/${lang}/`);
        await expect(page.locator("[data-progress]")).toHaveText(said);
        await expect(knot(page, RECALL).locator(".verdict")).toHaveText(said);
        await checked(page, `/${lang}/chain`);
        await expect(page.locator("section.identity > .verdict")).toHaveText(said);
        await expect(page.locator("section.identity")).toHaveAttribute("data-check", "unknown");
      }
    });
  }
});

test.describe("how many entries are newer", () => {
  test("is told on the newest page of the timeline alone", async ({ page, gazette }) => {
    await checked(page, "/en/");
    await expect(page.locator("[data-newer]")).toBeHidden();
    await altered(page, gazette.url, "/en/", (html) => html.replace(/data-newer="\d+"/, 'data-newer="40"'));
    await checked(page, "/en/");
    await expect(page.locator("[data-newer]")).toHaveText(`${NEWEST + 1 - 40} newer: show them`);
    for (const path of ["/en/?before=30", "/en/?order=stated"]) {
      await checked(page, path);
      await expect(page.locator("[data-newer]")).toHaveCount(0);
    }
  });
});

test.describe("what could not be told", () => {
  test("is counted in the line over a list, which does not say that every link holds", async ({ page }) => {
    await page.route("**/content/of/*", (route) => route.fulfill({ json: {} }));
    for (const [lang, said] of [
      ["en", (count) => `${count} of 25 could not be checked in full; nothing was found wrong`],
      ["zh", (count) => `本页 25 条中有 ${count} 条未能全部核验，没有发现不符`],
    ]) {
      await checked(page, `/${lang}/`);
      const count = await page.locator("li.knot[data-check=unknown]").count();
      expect(count).toBeGreaterThan(5);
      await expect(page.locator("[data-progress]")).toHaveText(said(count));
      await expect(page.locator(".alarm")).toBeHidden();
    }
  });

  test("is asked for again where the page knows of a newer tree than the checkpoint of a moment ago", async ({ page, cheated }) => {
    let old;
    const portal = await cheated((place) => {
      old = operator.signed(place);
      operator.append(place, operator.registration(place, "gazette.example/lanterns", [operator.stranger("gazette.example/lanterns")]));
    });
    let asked = 0;
    await page.route("**/log/checkpoint", (route) => ((asked += 1) === 1 ? route.fulfill({ body: old, contentType: "text/plain" }) : route.continue()));
    await checked(page, portal.page("/"));
    expect(asked).toBe(2);
    await expect(page.locator("li.knot[data-check=holds]")).toHaveCount(25);
    await expect(page.locator(".alarm")).toBeHidden();
  });
});

test.describe("outside witnesses", () => {
  test("that have not signed yet are waited for, and nothing else is said to be late", async ({ page, cheated }) => {
    const portal = await cheated((place) => operator.askWitnesses(place, [operator.witness("witness.example/one")]));
    await checked(page, portal.page("/"));
    await expect(knot(page, RECALL).locator(".verdict")).toHaveText("Not seen by enough outside witnesses yet; all else holds. You need do nothing.");
    await checked(page, portal.page(`/disclosures/${RECALL}`));
    await expect(page.locator("[data-verdict]")).toHaveText("Not finished: not enough outside witnesses have seen it yet. All else holds. You need do nothing.");
    await expect(page.locator("[data-seen]")).toHaveText("No outside witness yet");
    await expect(page.locator(".alarm")).toBeHidden();
  });

  test("that have signed are named with the time at which enough of them had", async ({ page, cheated }) => {
    const [one, two] = ["one", "two"].map((name) => operator.witness(`witness.example/${name}`));
    const portal = await cheated((place) => {
      operator.askWitnesses(place, [one, two], 1);
      operator.cosign(place, [[one, Date.parse("2026-11-30T05:45:00Z") / 1000], [two, Date.parse("2026-11-30T04:30:00Z") / 1000]]);
    });
    // Whatever the page itself says of witnesses, and of when the log logged it, is not repeated.
    await altered(page, portal.url, `/en/disclosures/${RECALL}`, (html) => html.replace(/(<dd data-seen>)[^<]*/, "$11 Jan 1999, by 9 of 9 witnesses"));
    await checked(page, portal.page(`/disclosures/${RECALL}`));
    await expect(panel(page, "C4")).toHaveAttribute("data-check", "holds");
    await expect(page.locator("[data-seen]")).toHaveText("30 Nov 2026, 12:30, by 2 of 2 witnesses");
    const since = await page.locator(".for-logged time").first().textContent();
    await expect(page.locator("[data-verdict]")).toHaveText(
      `The log says it has stood here since ${since}; by 30 Nov 2026, 12:30, 2 of 2 outside witnesses had seen it. Sealed by Yunze Market Regulation Bureau; checked in this browser as of entry ${NEWEST + 1}.`,
    );
  });
});
