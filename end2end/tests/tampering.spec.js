// The real server on a data folder altered behind its back: each alteration is caught by the right check, by name, in
// the page and by `gazette fsck`.
import { BEFORE, RECALL, AFTER, NEWEST, FINANCE, LINK, MISSING, BEFORE_MISSING, TREE, SEAL, CONTENT, APPROVAL, CHARTER, charterFails, without, swapped, publish, byFinance, ownPageFails, listFails } from "../caught.js";
import { blob, replace, sql, value } from "../database.js";
import { checked, expect, failsBy, fsckNames, knot, panel, test } from "../fixtures.js";
import { refusal } from "../gazette.js";
import * as operator from "../operator.js";

test.use({ mayComplain: true });

// Most alter a copy, have it sworn to, serve it, look at several of its pages, and have all of it checked.
test.slow();

test.describe("bytes altered in the database", () => {
  test("a byte of an entry: it is not in the signed tree, its seal is broken, and the next one is cut from it", async ({ page, cheated }) => {
    const portal = await cheated((place) => replace(place, "entries", `idx = ${RECALL}`, '"genre":"announcement"', '"genre":"announcemenu"'));
    await listFails(page, portal, "/", [
      [AFTER, "C1", LINK],
      [RECALL, "C2 C5", TREE],
    ]);
    await expect(knot(page, AFTER).locator(".link")).toHaveAttribute("data-link", "fails");
    await expect(knot(page, RECALL).locator(".link")).toHaveAttribute("data-link", "holds");
    await expect(knot(page, RECALL).locator(".seal")).toHaveAttribute("data-seal", "fails");
    await ownPageFails(page, portal, RECALL, TREE);
    await failsBy(page, "C2", "not-in-tree");
    await failsBy(page, "C5", "signature");
    await ownPageFails(page, portal, AFTER, LINK);
    await failsBy(page, "C1", "link");
    await fsckNames(portal.place, `C2 inclusion: entry ${RECALL}`);
  });

  test("a byte of what the log wrote before the statement: the entry can no longer be read and is shown all the same", async ({ page, cheated }) => {
    const portal = await cheated((place) => replace(place, "entries", `idx = ${RECALL}`, "\nprevious ", "\nprevioux "));
    await checked(page, portal.page("/"));
    await expect(knot(page, RECALL)).toHaveAttribute("data-failed", /^C1 C2 C5/);
    await ownPageFails(page, portal, RECALL, LINK);
    await failsBy(page, "C1", "header");
    await failsBy(page, "C2", "not-in-tree");
    await failsBy(page, "C5", "statement");
    await fsckNames(portal.place, `C1 link: entry ${RECALL}`);
  });

  test("a byte of an agency's registration: it fails on its own page, and what the agency sealed is not called good", async ({ page, cheated }) => {
    const registered = 6;
    const portal = await cheated((place) => replace(place, "entries", `idx = ${registered}`, '"custody":"portal"', '"custody":"agency"'));
    await ownPageFails(page, portal, registered, TREE, "entries");
    await failsBy(page, "C2", "not-in-tree");
    await failsBy(page, "C5", "registrars");
    await checked(page, portal.page(`/disclosures/${RECALL}`));
    // What the portal gives for the agency's registration is not what was logged: it holds the real one back.
    await failsBy(page, "C5", "withheld");
    await expect(panel(page, "C5").locator(".answer")).toHaveText("The portal holds back what this check needs, so it cannot hold.");
    await expect(page.locator(".judgement")).toHaveAttribute("data-check", "fails");
    await fsckNames(portal.place, `C2 inclusion: entry ${registered}`);
  });

  test("a byte of the charter: it fails on its own page, and nothing on the chain is called good", async ({ page, cheated }) => {
    const portal = await cheated((place) => replace(place, "entries", "idx = 0", "Asia/Shanghai", "Asia/Shanghaj"));
    await ownPageFails(page, portal, 0, TREE, "entries");
    await failsBy(page, "C2", "not-in-tree");
    await failsBy(page, "C5", "registrars");
    await charterFails(page, portal);
    await checked(page, portal.page("/"));
    await expect(page.locator('li.knot[data-check="holds"]')).toHaveCount(0);
    await expect(page.locator('li.knot[data-failed~="C3"]')).toHaveCount(25);
    await ownPageFails(page, portal, RECALL, CHARTER);
    await failsBy(page, "C3", "charter-altered");
    await fsckNames(portal.place, "C2 inclusion: entry 0");
  });

  test("the charter gone: every page says so; without an answer nobody is accused", async ({ page, cheated }) => {
    const portal = await cheated(null, { whileServed: (place) => sql(place, "delete from entries where idx = 0") });
    await charterFails(page, portal);
    await ownPageFails(page, portal, RECALL, CHARTER);
    await failsBy(page, "C3", "charter-withheld");
    await checked(page, portal.page("/").replace("/en/", "/zh/"));
    await expect(page.locator(".alarm-text")).toContainText("规定谁有权在此签署的本链章程被改动或缺失。");
    await page.route("**/log/evidence/**", (route) => route.abort());
    for (const path of ["/", "/chain", `/disclosures/${RECALL}`]) {
      await checked(page, portal.page(path));
      await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
      await expect(page.locator(".alarm")).toBeHidden();
    }
  });

  const flipTile = (place) => {
    const tile = Buffer.from(value(place, "select hex(bytes) from tiles where level = 0 and number = 0"), "hex");
    tile[5] ^= 1;
    sql(place, `update tiles set bytes = ${blob(tile)} where level = 0 and number = 0`);
  };

  test("a byte of a tile under a running server: no entry is in the signed tree any more; the server would not start on it", async ({ page, cheated }) => {
    const portal = await cheated(null, { whileServed: flipTile });
    await checked(page, portal.page("/"));
    await expect(page.locator('li.knot[data-failed~="C2"]')).toHaveCount(25);
    await expect(page.locator(".alarm-text")).toHaveText("Of the entries on this page, 25 failed a check. Each says what broke.");
    await checked(page, portal.page(`/disclosures/${RECALL}`));
    await failsBy(page, "C2", "not-in-tree");
    await fsckNames(portal.place, "C2 inclusion: tile/0/000: it does not hold the hash of entry 0");
    await portal.stop();
    expect(await refusal(portal.place)).toMatch(/the store's tree at size 56 has root \S+, and its checkpoint says \S+/);
  });

  test("a byte of a tile, and a checkpoint signed over it: exactly that entry is not in the tree", async ({ page, cheated }) => {
    const portal = await cheated((place) => operator.sealTile(place, RECALL * 32 + 5));
    await listFails(page, portal, "/", [
      [AFTER, "C1", LINK],
      [RECALL, "C2", TREE],
    ]);
    await ownPageFails(page, portal, RECALL, TREE);
    await failsBy(page, "C2", "not-in-tree");
    await ownPageFails(page, portal, AFTER, LINK);
    await failsBy(page, "C1", "neighbour");
    await fsckNames(portal.place, `C2 inclusion: tile/0/000: it does not hold the hash of entry ${RECALL}`);
  });

  test("a byte of a text: the disclosure's page shows what was not sealed", async ({ page, cheated }) => {
    const portal = await cheated((place) => replace(place, "contents", `entry = ${RECALL} and part = 1`, "kettle", "cattle"));
    await ownPageFails(page, portal, RECALL, CONTENT);
    await expect(page.locator(".prose")).toContainText("cattle");
    await failsBy(page, "C7", "bytes-differ");
    for (const code of ["C1", "C2", "C3", "C5"]) await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
    await fsckNames(portal.place, `C7 content: entry ${RECALL}: part 1`);
  });

  test("a byte of a title: every list that shows it says so, and so does its page", async ({ page, cheated }) => {
    const portal = await cheated((place) => replace(place, "contents", `entry = ${RECALL} and part = 0`, "Recall of", "Praise of"));
    await listFails(page, portal, "/", [[RECALL, "C7", CONTENT]]);
    await expect(knot(page, RECALL).locator(".title")).toContainText("Praise of Brightkettle");
    await checked(page, portal.page("/agencies/gazette.example/market"));
    await expect(knot(page, RECALL)).toHaveAttribute("data-failed", "C7");
    await ownPageFails(page, portal, RECALL, CONTENT);
    await failsBy(page, "C7", "bytes-differ");
    await fsckNames(portal.place, `C7 content: entry ${RECALL}: part 0`);
  });

  test("a title altered on its way to the page alone: the page shows what its catalogue does not have", async ({ page, gazette }) => {
    await page.route(`${gazette.url}/en/disclosures/${RECALL}`, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replaceAll("Recall of Brightkettle", "Praise of Brightkettle");
      await route.fulfill({ response: answer, body });
    });
    await checked(page, `/en/disclosures/${RECALL}`);
    await failsBy(page, "C7", "shown-differs");
    await expect(page.locator(".alarm-text")).toContainText(CONTENT);
  });
});

test.describe("a text altered on its way to the page alone", () => {
  const PROSE = /(<div [^>]*class="prose"[^>]*>)(.*?)(<\/div>)/s;
  const cases = [
    ["a word", (html) => html.replace("kettle", "cattle")],
    ["a digit", (html) => html.replace(/[0-9]/, (digit) => (Number(digit) + 1) % 10)],
    ["a mark of punctuation", (html) => html.replace(".", "")],
    ["a paragraph put in", (html) => html.replace("</p>", "</p><p>It is safe.</p>")],
    ["a paragraph left out", (html) => html.replace(/<p>.*?<\/p>/s, "")],
    ["two paragraphs exchanged", (html) => html.replace(/(<p>.*?<\/p>)(.*?)(<p>.*?<\/p>)/s, "$3$2$1")],
    ["words struck out", (html) => html.replace(/<p>(.*?)<\/p>/s, "<p><del>$1</del></p>")],
    ["words that stand there unseen", (html) => html.replace(/<p>(.*?)<\/p>/s, "<p hidden>$1</p>")],
    ["a picture of other words", (html) => `${html}<img src="/favicon.svg" alt="It is safe">`],
    ["all of it", () => ""],
  ];

  for (const [what, alter] of cases) {
    test(`${what}: the page shows what was not sealed`, async ({ page, gazette }) => {
      await page.route(`${gazette.url}/en/disclosures/${RECALL}`, async (route) => {
        const answer = await route.fetch();
        const html = await answer.text();
        const body = html.replace(PROSE, (all, begin, text, end) => begin + alter(text) + end);
        expect(body === html, "the page is altered").toBe(false);
        await route.fulfill({ response: answer, body });
      });
      await ownPageFails(page, { page: (path) => `/en${path}` }, RECALL, CONTENT);
      await failsBy(page, "C7", "shown-differs");
      await expect(panel(page, "C7").locator(".values")).toContainText("This page shows");
      for (const code of ["C1", "C2", "C3", "C5"]) await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
    });
  }

  for (const [what, alter] of [
    ["the text is gone with its place", (html) => html.replace(PROSE, "")],
    ["the text stands where no check looks", (html) => html.replace(/data-part(="[^"]*" class="prose")/, "data-from$1").replace("electric kettles from", "electric cattle from")],
    ["another text stands beside it", (html) => html.replace(PROSE, "$1$2$3$1<p>It is safe.</p>$3")],
  ]) {
    test(`${what}: the page fails`, async ({ page, gazette }) => {
      await page.route(`${gazette.url}/en/disclosures/${RECALL}`, async (route) => {
        const answer = await route.fetch();
        const html = await answer.text();
        const body = alter(html);
        expect(body === html, "the page is altered").toBe(false);
        await route.fulfill({ response: answer, body });
      });
      await ownPageFails(page, { page: (path) => `/en${path}` }, RECALL, CONTENT);
      await failsBy(page, "C7", "shown-differs");
    });
  }
});

test("an entry altered on its way to its own page alone: the page shows what was not logged", async ({ page, gazette }) => {
  await checked(page, "/en/entries/19");
  await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
  await page.route(`${gazette.url}/en/entries/19`, async (route) => {
    const answer = await route.fetch();
    const html = await answer.text();
    const body = html.replace(/(<pre [^>]*data-entry[^>]*>.*?)(&quot;agency&quot;)/s, "$1&quot;agencx&quot;");
    expect(body === html, "the page is altered").toBe(false);
    await route.fulfill({ response: answer, body });
  });
  await ownPageFails(page, { page: (path) => `/en${path}` }, 19, CONTENT, "entries");
  await failsBy(page, "C7", "shown-differs");
});

test.describe("entries dropped and moved", () => {
  test("an entry dropped: its place stays, cut on both sides", async ({ page, cheated }) => {
    const portal = await cheated((place) => sql(place, `delete from entries where idx = ${RECALL}`));
    await checked(page, portal.page("/"));
    await expect(knot(page, RECALL)).toHaveAttribute("data-failed", /^C1 C2/);
    await expect(knot(page, AFTER)).toHaveAttribute("data-failed", "C1");
    await expect(page.locator(".alarm")).toBeVisible();
    await expect(knot(page, RECALL).locator(".verdict")).toHaveText(MISSING);
    await expect(knot(page, AFTER).locator(".verdict")).toHaveText(BEFORE_MISSING);
    await ownPageFails(page, portal, RECALL, MISSING);
    await failsBy(page, "C1", "withheld");
    await failsBy(page, "C2", "withheld");
    for (const [language, sentence, date] of [["en", "This entry is not here. The log has signed for it", "none"], ["zh", "本条不在本站。日志已为它签名", "未载"]]) {
      await checked(page, portal.page(`/disclosures/${RECALL}`).replace("/en/", `/${language}/`));
      await expect(page.locator("section.entry")).toContainText(sentence);
      await expect(page.locator(".for-logged dd")).toContainText(date);
      await expect(page.locator("body")).not.toContainText("1970");
    }
    await ownPageFails(page, portal, AFTER, BEFORE_MISSING);
    await expect(page.locator(".neighbours")).toContainText("Entry 53");
    await failsBy(page, "C1", "neighbour-withheld");
    await fsckNames(portal.place, `C1 link: entry ${RECALL}: it is missing`);
  });

  test("an entry dropped and the later ones moved up, under a new tree: they do not stand where they say", async ({ page, cheated }) => {
    const portal = await cheated((place) => operator.reorder(place, without(RECALL)));
    await checked(page, portal.page("/"));
    await expect(page.locator('li.knot[data-failed~="C1"]')).toHaveCount(NEWEST - RECALL);
    await ownPageFails(page, portal, RECALL, LINK);
    await failsBy(page, "C1", "position");
    await fsckNames(portal.place, `C1 link: entry ${RECALL}: it names position ${RECALL + 1}`);
  });

  test("two entries swapped: neither stands where it says", async ({ page, cheated }) => {
    const portal = await cheated((place) =>
      sql(place, [`set idx = -1 where idx = ${RECALL}`, `set idx = ${RECALL} where idx = ${BEFORE}`, `set idx = ${BEFORE} where idx = -1`].map((move) => `update entries ${move}`).join(";")),
    );
    await listFails(page, portal, "/", [
      [AFTER, "C1", LINK],
      [RECALL, "C1 C2", LINK],
      [BEFORE, "C1 C2", LINK],
    ]);
    for (const index of [BEFORE, RECALL]) {
      await ownPageFails(page, portal, index, LINK);
      await failsBy(page, "C1", "position");
      await failsBy(page, "C2", "not-in-tree");
    }
    await fsckNames(portal.place, `C1 link: entry ${BEFORE}: it names position ${RECALL}`);
  });

  test("two entries swapped under a new tree: neither stands where it says", async ({ page, cheated }) => {
    const portal = await cheated((place) => operator.reorder(place, swapped(BEFORE, RECALL)));
    await listFails(page, portal, "/", [
      [AFTER, "C1", LINK],
      [RECALL, "C1", LINK],
      [BEFORE, "C1", LINK],
    ]);
    await ownPageFails(page, portal, BEFORE, LINK);
    await failsBy(page, "C1", "position");
    await fsckNames(portal.place, `C1 link: entry ${BEFORE}: it names position ${RECALL}`);
  });
});

test.describe("what a cheating operator logs and signs", () => {
  // Each case appends one entry that the rules forbid, in a tree and under a checkpoint of the log's own key.
  const FORGED = NEWEST + 1;
  const cases = [
    {
      name: "a statement of an agency that was never registered",
      forge: (place) => {
        const lanterns = operator.stranger("gazette.example/lanterns");
        publish(place, operator.disclosure(place, { agency: lanterns.name, by: lanterns }));
      },
      fails: { C5: "not-registered", C6: "not-registered" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement signed by a key never registered, in the name of an agency that is",
      forge: (place) => publish(place, operator.disclosure(place, { agency: FINANCE, by: operator.stranger(FINANCE) })),
      fails: { C5: "unknown-key" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement of an agency that was registered only later",
      forge: (place) => {
        const lanterns = operator.stranger("gazette.example/lanterns");
        publish(place, operator.disclosure(place, { agency: lanterns.name, by: lanterns }));
        operator.append(place, operator.registration(place, lanterns.name, [lanterns]));
      },
      fails: { C5: "not-registered", C6: "not-registered" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement signed by a key that its agency was given only later",
      forge: (place) => {
        const later = operator.stranger(FINANCE);
        publish(place, operator.disclosure(place, { agency: FINANCE, by: later }));
        operator.append(place, operator.registration(place, FINANCE, [operator.key(place, "seal-gazette.example+finance"), later]));
      },
      fails: { C5: "unknown-key" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement of one agency sealed by another",
      forge: (place) => publish(place, operator.disclosure(place, { agency: FINANCE, by: operator.key(place, "seal-gazette.example+market") })),
      fails: { C5: "unknown-key" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement that was sealed for another chain and is replayed here",
      forge: (place) =>
        publish(place, operator.disclosure(place, { agency: FINANCE, by: operator.key(place, "seal-gazette.example+finance"), chain: "elsewhere.example/log" })),
      fails: { C5: "other-chain" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a wrong registry root in a header",
      forge: (place) => {
        publish(place, byFinance(place), { registry: Buffer.alloc(32, 7) });
        publish(place, byFinance(place));
      },
      // Nothing can be proved of signers under a root that is none.
      fails: { C1: "registry", C5: "withheld", C6: "withheld" },
      sentence: LINK,
      fsck: "C1 link",
    },
    {
      name: "an entry that names another entry before it",
      forge: (place) => publish(place, byFinance(place), { previous: Buffer.alloc(32, 7) }),
      fails: { C1: "link" },
      sentence: LINK,
      fsck: "C1 link",
    },
    {
      name: "a time that runs backwards",
      forge: (place) => publish(place, byFinance(place), { time: "2020-01-01T00:00:00.000Z" }),
      fails: { C1: "time" },
      sentence: LINK,
      fsck: "C1 link",
    },
    {
      name: "a disclosure without the approval that its agency's rule demands",
      forge: (place) => {
        const seal = operator.key(place, "seal-gazette.example+finance");
        const rule = { genres: [{ genre: "*", steps: [{ code: "approve", posts: [`${FINANCE}/head`], count: 1 }] }] };
        operator.append(place, operator.registration(place, FINANCE, [seal], { rule }));
        publish(place, byFinance(place));
      },
      at: FORGED + 1,
      fails: { C6: "approval" },
      sentence: APPROVAL,
      fsck: "C6 approval",
    },
  ];

  for (const { name, forge, at = FORGED, fails, sentence, fsck } of cases) {
    test(`${name}: ${Object.entries(fails)[0].join(" ")}`, async ({ page, cheated }) => {
      const portal = await cheated(forge);
      await checked(page, portal.page("/"));
      await expect(knot(page, at)).toHaveAttribute("data-failed", Object.keys(fails).join(" "));
      await expect(knot(page, at).locator(".verdict")).toHaveText(sentence);
      await expect(page.locator(".alarm")).toBeVisible();
      await ownPageFails(page, portal, at, sentence);
      for (const [code, reason] of Object.entries(fails)) await failsBy(page, code, reason);
      await expect(panel(page, "C2")).toHaveAttribute("data-check", "holds");
      await expect(panel(page, "C3")).toHaveAttribute("data-check", "holds");
      await fsckNames(portal.place, `${fsck}: entry ${at}`);
    });
  }

  test("the same statement a second time: fsck names the repeat, and lists go on checking what they show", async ({ page, cheated }) => {
    const portal = await cheated((place) => {
      const once = byFinance(place);
      publish(place, once);
      operator.append(place, once.statement);
    });
    await fsckNames(portal.place, `repeated statement: entry ${FORGED + 1}`);
    await checked(page, portal.page("/"));
    await expect(knot(page, RECALL)).toHaveAttribute("data-check", "holds");
  });

  test("honest entries, an agency's new name and a new agency among them, alarm nobody", async ({ page, cheated }) => {
    const portal = await cheated((place) => {
      const lanterns = operator.stranger("gazette.example/lanterns");
      publish(place, byFinance(place));
      operator.append(place, operator.registration(place, FINANCE, [operator.key(place, "seal-gazette.example+finance")], { name: { en: "Yunze Treasury", zh: "云泽市国库" } }));
      operator.append(place, operator.registration(place, lanterns.name, [lanterns]));
      publish(place, byFinance(place));
      publish(place, operator.disclosure(place, { agency: lanterns.name, by: lanterns }));
    });
    for (const path of ["/", "/?before=36", "/agencies/gazette.example/finance", "/disclosures/8", `/disclosures/${FORGED}`, `/disclosures/${RECALL}`]) {
      await checked(page, portal.page(path));
      await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
      await expect(page.locator("li.knot[data-check]:not([data-check=holds])")).toHaveCount(0);
      await expect(page.locator(".judgement:not([data-check=holds])")).toHaveCount(0);
    }
    await fsckNames(portal.place);
  });
});

test.describe("content missing without a redaction", () => {
  test("a text: its page says that it should be there", async ({ page, cheated }) => {
    const portal = await cheated((place) => sql(place, `delete from contents where entry = ${RECALL} and part = 1`));
    await ownPageFails(page, portal, RECALL, CONTENT);
    await failsBy(page, "C7", "missing");
    await expect(page.locator("section.body")).toContainText("The text is not here, and no entry of the chain says why. It should be.");
    await fsckNames(portal.place, `C7 content: entry ${RECALL}: part 1 (body) is missing`);
  });

  test("a catalogue: every list says so", async ({ page, cheated }) => {
    const portal = await cheated((place) => sql(place, `delete from contents where entry = ${RECALL} and part = 0`));
    await listFails(page, portal, "/", [[RECALL, "C7", CONTENT]]);
    await ownPageFails(page, portal, RECALL, CONTENT);
    await failsBy(page, "C7", "missing");
    await fsckNames(portal.place, `C7 content: entry ${RECALL}: part 0 (catalogue) is missing`);
  });

  for (const [what, by] of [["a redaction of something else", 19], ["an entry that is no redaction", AFTER]]) {
    test(`a text said to be removed by ${what}`, async ({ page, cheated }) => {
      const portal = await cheated((place) => sql(place, `update contents set bytes = null, salt = null, removed_by = ${by} where entry = ${RECALL} and part = 1`));
      await ownPageFails(page, portal, RECALL, CONTENT);
      await failsBy(page, "C7", "no-redaction");
      await fsckNames(portal.place, `C7 content: entry ${RECALL}: part 1`);
    });
  }
});
