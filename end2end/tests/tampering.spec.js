// The real server on a data folder altered behind its back: each alteration is caught by the right check, by name, in
// the page and by `gazette fsck`.
import { checked, expect, failsBy, fsckNames, knot, panel, sample, test } from "../fixtures.js";
import { copyOf, refusal, serve, temporaryPlace } from "../gazette.js";
import { blob, replace, sql, value } from "../database.js";
import * as operator from "../operator.js";

test.use({ mayComplain: true });

// Entries of the sample: a recall in English, sealed by market regulation, with a catalogue and a body, and its neighbours.
const BEFORE = 52;
const RECALL = 53;
const AFTER = 54;
const NEWEST = 55;

const FINANCE = "gazette.example/finance";
const ALARM = "Something here does not hold";
const LINK = "This entry is not linked to the one before it.";
const TREE = "This entry is not in the tree that the log has signed.";
const SIGNED = "The checkpoint is not signed by this chain's log.";
const SEAL = "The seal is not the named agency's.";
const CONTENT = "What this page shows is not what was sealed.";
const APPROVAL = "It was not approved as the agency's rule demands.";
const HISTORY =
  "This chain is not the one your browser saw before. Its history was rewritten or rolled back. Do not rely on anything here.";

const everyEntry = [...Array(NEWEST + 1).keys()];
const without = (index) => everyEntry.filter((one) => one !== index);

function swapped(one, other) {
  return everyEntry.map((index) => (index === one ? other : index === other ? one : index));
}

function publish(place, disclosure, lie) {
  return operator.append(place, disclosure.statement, { contents: disclosure.contents, lie });
}

const byFinance = (place) => operator.disclosure(place, { agency: FINANCE, by: operator.key(place, "seal-finance") });

/** A page about one entry whose verdict is that this check failed, with the alarm over it. */
async function ownPageFails(page, portal, index, sentence, kind = "disclosures") {
  await checked(page, portal.page(`/${kind}/${index}`));
  await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
  await expect(page.locator(".judgement")).toHaveAttribute("data-check", "fails");
  await expect(page.locator("[data-verdict]")).toHaveText(`Does not hold. ${sentence}`);
  await expect(page.locator(".alarm")).toBeVisible();
  await expect(page.locator(".alarm")).toContainText(ALARM);
  await expect(page.locator(".alarm-text")).toContainText(sentence);
}

/** A list in which exactly these entries fail, each by these checks and with this sentence. */
async function listFails(page, portal, path, failing) {
  await checked(page, portal.page(path));
  const found = await page.locator("li.knot[data-failed]").evaluateAll((knots) =>
    knots.map((one) => [Number(one.dataset.index), one.dataset.failed, one.dataset.check, one.querySelector(".verdict").textContent]),
  );
  expect(found).toEqual(failing.map(([index, codes, sentence]) => [index, codes, "fails", sentence]));
  await expect(page.locator(".alarm")).toBeVisible();
  await expect(page.locator(".alarm-text")).toHaveText(`${failing.length} of the entries on this page do not hold. Each says what broke.`);
  await expect(page.locator("[data-progress]")).toHaveText(`${failing.length} of 25 do not hold`);
}

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
    await expect(panel(page, "C5")).toHaveAttribute("data-check", "unknown");
    await expect(page.locator(".judgement")).toHaveAttribute("data-check", "unknown");
    await fsckNames(portal.place, `C2 inclusion: entry ${registered}`);
  });

  test("a byte of the charter: it fails on its own page, and nothing on the chain is called good", async ({ page, cheated }) => {
    const portal = await cheated((place) => replace(place, "entries", "idx = 0", "Asia/Shanghai", "Asia/Shanghaj"));
    await ownPageFails(page, portal, 0, TREE, "entries");
    await failsBy(page, "C2", "not-in-tree");
    await failsBy(page, "C5", "registrars");
    await checked(page, portal.page("/"));
    await expect(page.locator('li.knot[data-check="holds"]')).toHaveCount(0);
    await fsckNames(portal.place, "C2 inclusion: entry 0");
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
    await expect(page.locator(".alarm-text")).toHaveText("25 of the entries on this page do not hold. Each says what broke.");
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

test.describe("entries dropped and moved", () => {
  test("an entry dropped: its place stays, cut on both sides", async ({ page, cheated }) => {
    const portal = await cheated((place) => sql(place, `delete from entries where idx = ${RECALL}`));
    await checked(page, portal.page("/"));
    await expect(knot(page, RECALL)).toHaveAttribute("data-failed", /^C1 C2/);
    await expect(knot(page, AFTER)).toHaveAttribute("data-failed", "C1");
    await expect(page.locator(".alarm")).toBeVisible();
    await ownPageFails(page, portal, RECALL, LINK);
    await failsBy(page, "C1", "withheld");
    await failsBy(page, "C2", "withheld");
    await ownPageFails(page, portal, AFTER, LINK);
    await failsBy(page, "C1", "withheld");
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
        operator.append(place, operator.registration(place, FINANCE, [operator.key(place, "seal-finance"), later]));
      },
      fails: { C5: "unknown-key" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement of one agency sealed by another",
      forge: (place) => publish(place, operator.disclosure(place, { agency: FINANCE, by: operator.key(place, "seal-market") })),
      fails: { C5: "unknown-key" },
      sentence: SEAL,
      fsck: "C5 seal",
    },
    {
      name: "a statement that was sealed for another chain and is replayed here",
      forge: (place) =>
        publish(place, operator.disclosure(place, { agency: FINANCE, by: operator.key(place, "seal-finance"), chain: "elsewhere.example/log" })),
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
      fails: { C1: "registry" },
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
        const seal = operator.key(place, "seal-finance");
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
      operator.append(place, operator.registration(place, FINANCE, [operator.key(place, "seal-finance")], { name: { en: "Yunze Treasury", zh: "云泽市国库" } }));
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

test.describe("checkpoints", () => {
  test("a checkpoint by another key: nothing on the page holds, and the browser keeps no memory of it", async ({ page, cheated }) => {
    const portal = await cheated((place) => operator.seal(place, operator.stranger(operator.origin(place))));
    await checked(page, portal.page("/"));
    await expect(page.locator('li.knot[data-failed="C3"]')).toHaveCount(25);
    await ownPageFails(page, portal, RECALL, SIGNED);
    await failsBy(page, "C3", "other-key");
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await fsckNames(portal.place, "C3 checkpoint: checkpoint 1: no signature by gazette.example/log");
  });

  test("a signature that the log's key did not make", async ({ page, cheated }) => {
    const portal = await cheated((place) => {
      const signed = value(place, "select checkpoint from head");
      const at = signed.length - 20;
      const broken = signed.slice(0, at) + (signed[at] === "A" ? "B" : "A") + signed.slice(at + 1);
      sql(place, `update head set checkpoint = '${broken}'; update checkpoints set note = '${broken}' where size = ${NEWEST + 1}`);
    });
    await ownPageFails(page, portal, RECALL, SIGNED);
    await failsBy(page, "C3", "signature");
    await fsckNames(portal.place, `C3 checkpoint: checkpoint ${NEWEST + 1}`);
  });

  // What a reader saw, then what the same address shows the same browser later.
  async function afterAVisit(page, rewrite, { another } = {}) {
    const first = await copyOf(sample());
    let server = await serve(first);
    const { port } = server;
    const at = (path) => `${server.url}/en${path}`;
    await checked(page, at("/"));
    await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
    await checked(page, at("/disclosures/20"));
    await expect(panel(page, "C8")).toHaveAttribute("data-reason", "holds");
    await server.stop();
    const second = another ? await temporaryPlace() : await copyOf(first);
    await rewrite?.(second);
    // An honest program on the machine that signed more refuses; so the operator takes it to another.
    const refused = another ? "" : await refusal({ ...second, state: first.state }, { port }).catch((error) => error.message);
    operator.forgetMarks(second);
    server = await serve(second, { port });
    const done = async () => {
      await server.stop();
      await first.remove();
      await second.remove();
    };
    return { at, refused, place: second, state: first.state, done };
  }

  async function historyAlarm(page, portal, reason) {
    for (const path of ["/", "/?before=30"]) {
      await checked(page, portal.at(path));
      await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
      await expect(page.locator(".alarm")).toBeVisible();
      await expect(page.locator(".alarm-text")).toHaveText(HISTORY);
      await expect(page.locator("[data-progress]")).toHaveText("All 25 checked in this browser: every link holds");
    }
    await checked(page, portal.at("/disclosures/20"));
    await failsBy(page, "C8", reason);
    await expect(page.locator(".alarm-text")).toContainText("The chain is not the one this browser saw before.");
    for (const code of ["C1", "C2", "C3", "C5"]) await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
    // The old checkpoint stays, as evidence.
    const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("gazette/v1 gazette.example/log")).checkpoint);
    expect(kept.split("\n")[1]).toBe(String(NEWEST + 1));
  }

  test("rolled back after the browser saw a newer one", async ({ page }) => {
    const portal = await afterAVisit(page, (place) => operator.rollBack(place, 50));
    expect(portal.refused).toContain("this data folder has 50 entries, and this machine has signed 56: it is an old copy");
    await historyAlarm(page, portal, "rolled-back");
    await fsckNames({ ...portal.place, state: portal.state }, "high-water mark: the newest tree this machine signed: had 56 entries; here are 50");
    await portal.done();
  });

  for (const [how, more] of [["and grown past it", 8], ["and grown to the same size", 6]]) {
    test(`forked before the newest one the browser saw, ${how}`, async ({ page }) => {
      const portal = await afterAVisit(page, (place) => {
        operator.rollBack(place, 50);
        for (let n = 0; n < more; n += 1) publish(place, byFinance(place));
      });
      expect(portal.refused).toContain("entry 56 and before are not the history this machine signed");
      await historyAlarm(page, portal, "forked");
      await fsckNames({ ...portal.place, state: portal.state }, "high-water mark: the newest tree this machine signed: had, at 56 entries, the root");
      await portal.done();
    });
  }

  test("an entry dropped and the whole chain written and signed anew: only who remembers can tell", async ({ page, browser }) => {
    const portal = await afterAVisit(page, (place) => {
      operator.reorder(place, without(RECALL), { rewritten: true });
      publish(place, byFinance(place));
    });
    expect(portal.refused).toContain("entry 56 and before are not the history this machine signed");
    await historyAlarm(page, portal, "forked");
    const stranger = await browser.newPage();
    await checked(stranger, portal.at("/disclosures/20"));
    await expect(panel(stranger, "C8")).toHaveAttribute("data-reason", "first-visit");
    await stranger.close();
    await fsckNames({ ...portal.place, state: portal.state }, "high-water mark");
    await portal.done();
  });

  test("another chain of the same name at the same address", async ({ page }) => {
    const portal = await afterAVisit(page, null, { another: true });
    await historyAlarm(page, portal, "other-chain");
    await portal.done();
  });

  test("a chain that has only grown holds, and the memory grows with it", async ({ page }) => {
    const portal = await afterAVisit(page, (place) => publish(place, byFinance(place)));
    await checked(page, portal.at("/disclosures/20"));
    await expect(panel(page, "C8")).toHaveAttribute("data-reason", "holds");
    const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("gazette/v1 gazette.example/log")).checkpoint);
    expect(kept.split("\n")[1]).toBe(String(NEWEST + 2));
    await portal.done();
  });
});
