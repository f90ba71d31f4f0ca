// The real server on a data folder altered behind its back: each alteration is caught by the right check, by name, in
// the page and by `gazette fsck`.
import { checked, expect, failsBy, fsckNames, knot, panel, sample, test } from "../fixtures.js";
import { refusal, serve } from "../gazette.js";
import { copyOf } from "../gazette.js";
import { replace, sql, text, value } from "../database.js";
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
const HISTORY =
  "This chain is not the one your browser saw before. Its history was rewritten or rolled back. Do not rely on anything here.";

/** A page about one entry whose verdict is that this check failed, with the alarm over it. */
async function ownPageFails(page, portal, index, sentence) {
  await checked(page, portal.page(`/disclosures/${index}`));
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
  test("a byte of an entry: it is not in the signed tree, and the next one is cut from it", async ({ page, cheated }) => {
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
    await portal.stop();
    await fsckNames(portal.place, `C2 inclusion: entry ${RECALL}`);
  });
});
