// What the tampering tests share: the entries they alter, and how a page shows that an alteration was caught.
import { checked, expect } from "./fixtures.js";
import { key, append, disclosure as sealed } from "./operator.js";

// Entries of the sample: a recall in English, sealed by market regulation, with a catalogue and a body, and its neighbours.
export const BEFORE = 52;
export const RECALL = 53;
export const AFTER = 54;
export const NEWEST = 55;

export const FINANCE = "gazette.example/finance";
const ALARM = "Something here does not hold";
export const LINK = "This entry is not linked to the one before it.";
export const MISSING = "This entry is missing: the log has signed for it, and this portal does not have it.";
export const BEFORE_MISSING = "The entry before this one is missing here, so the cord ends at it.";
export const TREE = "This entry is not in the tree that the log has signed.";
export const SIGNED = "The checkpoint is not signed by this chain's log.";
export const SEAL = "The seal is not the named agency's.";
export const CONTENT = "What this page shows is not what was sealed.";
export const APPROVAL = "It was not approved as the agency's rule demands.";
export const CHARTER = "This chain's charter, which says who may sign here, was altered or left out.";
export const HISTORY =
  "This chain is not the one your browser saw before. Its history was rewritten or rolled back. Do not rely on anything here.";

const everyEntry = [...Array(NEWEST + 1).keys()];
export const without = (index) => everyEntry.filter((one) => one !== index);

export function swapped(one, other) {
  return everyEntry.map((index) => (index === one ? other : index === other ? one : index));
}

export function publish(place, disclosure, lie) {
  return append(place, disclosure.statement, { contents: disclosure.contents, lie });
}

export const byFinance = (place) => sealed(place, { agency: FINANCE, by: key(place, "seal-gazette.example+finance") });

/** A page about one entry whose verdict is that this check failed, with the alarm over it. */
export async function ownPageFails(page, portal, index, sentence, kind = "disclosures") {
  await checked(page, portal.page(`/${kind}/${index}`));
  await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
  await expect(page.locator(".judgement")).toHaveAttribute("data-check", "fails");
  await expect(page.locator("[data-verdict]")).toHaveText(`Does not hold. ${sentence}`);
  await expect(page.locator(".alarm")).toBeVisible();
  await expect(page.locator(".alarm")).toContainText(ALARM);
  await expect(page.locator(".alarm-text")).toContainText(sentence);
}

/** A list in which exactly these entries fail, each by these checks and with this sentence. */
export async function listFails(page, portal, path, failing) {
  await checked(page, portal.page(path));
  const found = await page.locator("li.knot[data-failed]").evaluateAll((knots) =>
    knots.map((one) => [Number(one.dataset.index), one.dataset.failed, one.dataset.check, one.querySelector(".verdict").textContent]),
  );
  expect(found).toEqual(failing.map(([index, codes, sentence]) => [index, codes, "fails", sentence]));
  await expect(page.locator(".alarm")).toBeVisible();
  await expect(page.locator(".alarm-text")).toHaveText(`Of the entries on this page, ${failing.length} failed a check. Each says what broke.`);
  await expect(page.locator("[data-progress]")).toHaveText(`${failing.length} of 25 failed`);
}

/** Pages with entries and without, each under an alarm that names the charter. */
export async function charterFails(page, portal) {
  for (const path of ["/", "/search?q=2026", "/chain"]) {
    await checked(page, portal.page(path));
    await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
    await expect(page.locator(".alarm")).toBeVisible();
    await expect(page.locator(".alarm-text")).toContainText(CHARTER);
  }
}
