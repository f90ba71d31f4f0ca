// A document from its draft to its public page, by people in browsers of their own: one writes, two review side by side, one
// signs off; and what each of them may not do.
import { expect, test as base } from "../fixtures.js";
import { AGENCY, house, keyOf, ruled } from "../officers.js";

const test = base.extend({ house });

/** Two lawyers side by side, then the director. */
const RULE = [
  ["legal", 2, ["legal-a", "legal-b"]],
  ["sign", 1, ["director"], "legal"],
];

async function decide(page, url, decision) {
  await page.goto(url);
  const form = page.locator("form.sign");
  await form.getByLabel(decision).check();
  if (decision !== "Approved") await form.getByLabel("Reason").fill("Section 2 has no basis.");
  await form.getByRole("button", { name: "Sign" }).click();
  return form;
}

test("a document is written by one, approved by two side by side and signed off, and readers see how", async ({ house, page }) => {
  test.setTimeout(240_000);
  // Who may review what others write, too.
  const author = await house.enter("author", [["drafter", AGENCY], ["reviewer", AGENCY]]);
  const officers = {};
  for (const [login, post, role] of [["anna", "legal-a", "reviewer"], ["bo", "legal-b", "reviewer"], ["dong", "director", "approver"]]) {
    officers[login] = await house.enter(login, [[role, AGENCY]]);
    await keyOf(officers[login], house, login, post);
  }
  await ruled(house, RULE);

  await author.goto(house.at("/drafts"));
  await author.getByRole("button", { name: "Document", exact: true }).click();
  await author.getByLabel("Title", { exact: true }).fill("Lanterns of the old town");
  await author.getByLabel("Kind of document", { exact: true }).selectOption("notice");
  await author.getByLabel("Language", { exact: true }).selectOption("en");
  await author.getByLabel("Text", { exact: true }).fill("# Which lanterns\n\nAll of them are **lit**.");
  await author.getByLabel("Date of issue", { exact: true }).fill("2026-11-20");
  await author.getByRole("button", { name: "Save", exact: true }).click();
  await expect(author.locator(".done")).toBeVisible();
  await expect(author.locator("#preview strong")).toHaveText("lit");
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await author.getByRole("button", { name: "Submit for approval", exact: true }).click();
  await expect(author.locator(".stand")).toContainText("Waits for approval");
  const url = author.url();

  // Whoever wrote it is offered nothing to sign, with whatever post.
  house.hold("author", "legal-a");
  await author.reload();
  await expect(author.locator("main")).toContainText("you cannot approve it");
  await expect(author.locator("form.sign")).toHaveCount(0);
  // The director waits for both reviews.
  await officers.dong.goto(url);
  await expect(officers.dong.locator("form.sign")).toHaveCount(0);

  // A page that shows another text than the one that was frozen is not signed.
  await officers.anna.goto(url);
  await officers.anna.evaluate(() => (document.querySelector("[data-frozen] .prose strong").textContent = "dark"));
  const lied = officers.anna.locator("form.sign");
  await lied.getByLabel("Approved").check();
  await lied.getByRole("button", { name: "Sign" }).click();
  await expect(lied).toHaveAttribute("data-state", "shown-differs");

  // Both at the very same moment.
  const both = [officers.anna, officers.bo];
  await Promise.all(both.map((officer) => decide(officer, url, "Approved")));
  await Promise.all(both.map((officer) => expect(officer.locator(".kind [data-decision=approve]").filter({ hasText: "Officer" }).first()).toBeVisible()));
  await expect(async () => {
    await author.goto(url);
    await expect(author.locator(".kind[data-state=complete] [data-decision=approve]")).toHaveCount(2, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await decide(officers.dong, url, "Approved");
  await expect(async () => {
    await author.goto(url);
    await expect(author.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });

  await page.goto((await author.getByRole("link", { name: "See it as readers do" }).getAttribute("href")).replace(/^/, house.server.url));
  await expect(page.locator("h1")).toHaveText("Lanterns of the old town");
  await expect(page.locator(".approval .step")).toHaveCount(3);
  // The reviews stand side by side, before the sign-off. Each says when it was logged, and the sign-off how long it took.
  const [reviews, last] = [0, 1].map((n) => page.locator(".approval .flow > li").nth(n).locator(".step"));
  await expect(page.locator(".approval .flow > li")).toHaveCount(2);
  await expect(reviews).toContainText(["Legal review", "Legal review"]);
  await expect(last).toContainText(["Sign-off"]);
  await expect(page.locator('.approval .step time[datetime^="20"]')).toHaveCount(3);
  await expect(last.locator(".took")).toContainText("took");
  await expect(reviews.locator(".took")).toHaveCount(0);
  await expect(page.locator(".approval .step[data-check=holds]")).toHaveCount(3);
  await expect(page.locator("details[data-code=C6]")).toHaveAttribute("data-check", "holds");
  await expect(page.locator(".approval")).toContainText("Post legal-a");
});

test("a rejection needs a reason, stops the document, and the text is taken back and written on", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author");
  const anna = await house.enter("anna", [["reviewer", AGENCY]]);
  await keyOf(anna, house, "anna", "legal-a");
  const bo = await house.enter("bo", [["reviewer", AGENCY]]);
  await keyOf(bo, house, "bo", "legal-b");
  const dong = await house.enter("dong", [["approver", AGENCY]]);
  await keyOf(dong, house, "dong", "director");
  await ruled(house, RULE);
  await author.goto(house.at("/drafts"));
  await author.getByRole("button", { name: "Document", exact: true }).click();
  await author.getByLabel("Title", { exact: true }).fill("Bridges");
  await author.getByLabel("Kind of document", { exact: true }).selectOption("faq");
  await author.getByLabel("Text", { exact: true }).fill("Call 13800138000.");
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await expect(author.locator(".caution")).toContainText("13800138000");
  await author.getByRole("button", { name: "Submit for approval", exact: true }).click();
  await expect(author.locator(".stand")).toContainText("Waits for approval");
  const url = author.url();
  await anna.goto(url);
  await expect(anna.locator(".caution")).toContainText("mobile number");
  const form = anna.locator("form.sign");
  await form.getByLabel("Rejected").check();
  await form.getByRole("button", { name: "Sign" }).click();
  await expect(form).toHaveAttribute("data-state", "no-reason");
  await decide(anna, url, "Rejected");
  await expect(anna.locator(".kind[data-state=rejected]")).toContainText("Section 2 has no basis.");
  await author.goto(url);
  await author.getByRole("button", { name: "Take back and write on" }).click();
  await author.getByLabel("Text", { exact: true }).fill("Ask at the counter.");
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await author.getByRole("button", { name: "Submit for approval", exact: true }).click();
  await expect(author.locator("main")).toContainText("counts no more");
  expect(author.url()).toBe(url);
});
