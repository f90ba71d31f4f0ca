// A document from its draft to its public page, by people in browsers of their own: one writes, two review side by side, one
// signs off; and what each of them may not do.
import { first, give, signIn, staffSql } from "../people.js";
import { expect, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";

const AGENCY = "gazette.example/finance";
const PASSPHRASE = "lanterns over a quiet river";

// A server of the test's own, its first administrator, and people of one agency, each in a browser of their own.
const test = base.extend({
  house: async ({ page, browser }, use) => {
    const place = await copyOf(sample());
    const server = await serve(place, { args: ["--no-sample"] });
    await first(page, server);
    give(place, "first", [
      ["registrar", ""],
      ["administrator", AGENCY],
    ]);
    const at = (path) => `${server.url}/en/desk${path}`;
    const contexts = [];
    const enter = async (login, role) => {
      const id = Buffer.from(login).toString("hex").padEnd(32, "0");
      staffSql(
        place,
        `insert into accounts (id, login, name, password, password_set, created, created_by, ended)
         select '${id}', '${login}', 'Officer ${login}', password, password_set, created, '', 0 from accounts where login = 'first'`,
      );
      give(place, login, [[role, AGENCY]]);
      const context = await browser.newContext();
      contexts.push(context);
      const theirs = await context.newPage();
      await signIn(theirs, server, login);
      await expect(theirs.locator(".who")).toContainText(`Officer ${login}`);
      return theirs;
    };
    const hold = (login, post) =>
      staffSql(place, `insert into post_holders (post, account, given, given_by) select '${AGENCY}/${post}', id, 1, '' from accounts where login = '${login}'`);
    await use({ server, place, at, enter, hold, admin: page });
    for (const context of contexts) await context.close();
    await page.goto("about:blank");
    await server.stop();
    await place.remove();
  },
});

async function register(admin) {
  await admin.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(admin.locator("h1")).toContainText("Posts of");
}

/** Makes the key of a post in its officer's browser, and has it registered. */
async function keyOf(page, house, login, post) {
  await page.goto(house.at(`/posts/key/${AGENCY}/${post}?agency=${AGENCY}&zh=${encodeURIComponent("岗位")}${post}&en=Post+${post}`));
  const form = page.locator("[data-make-key]");
  await form.getByLabel("Passphrase for the backup file").fill(PASSPHRASE);
  await form.getByLabel("Passphrase once more").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Make the key" }).click();
  await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save the file" }).click()]);
  await page.getByLabel("I have saved the file").check();
  await page.getByRole("button", { name: "Keep the key here" }).click();
  await expect(page.locator("h1")).toContainText("Posts of");
  await house.admin.goto(house.at("/registrations"));
  await house.admin.getByRole("link", { name: `${AGENCY}/${post}` }).click();
  await register(house.admin);
  house.hold(login, post);
}

async function ruled(house) {
  const { admin } = house;
  await admin.goto(house.at(`/posts/of/${AGENCY}`));
  const form = admin.locator("form.rule-form");
  const rows = form.locator("fieldset.rule-row");
  for (const [n, code, count, after, posts] of [
    [0, "legal", "2", "", ["legal-a", "legal-b"]],
    [1, "sign", "1", "legal", ["director"]],
  ]) {
    await form.locator(`[name=code-${n}]`).fill(code);
    await form.locator(`[name=genre-${n}]`).fill("*");
    await form.locator(`[name=count-${n}]`).fill(count);
    await form.locator(`[name=after-${n}]`).fill(after);
    for (const post of posts) await rows.nth(n).locator(`[value="${AGENCY}/${post}"]`).check();
  }
  await form.getByRole("button").click();
  await expect(admin.locator("h1")).toHaveText("A registration");
  await register(admin);
}

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
  const author = await house.enter("author", "drafter");
  const officers = {};
  for (const [login, post] of [["anna", "legal-a"], ["bo", "legal-b"], ["dong", "director"]]) {
    officers[login] = await house.enter(login, "reviewer");
    await keyOf(officers[login], house, login, post);
  }
  await ruled(house);

  await author.goto(house.at("/drafts"));
  await author.getByRole("button", { name: "Document", exact: true }).click();
  await author.getByLabel("Title", { exact: true }).fill("Lanterns of the old town");
  await author.getByLabel("Kind of document", { exact: true }).selectOption("notice");
  await author.getByLabel("Language", { exact: true }).selectOption("en");
  await author.getByLabel("Text", { exact: true }).fill("# Which lanterns\n\nAll of them are **lit**.");
  await author.getByLabel("Date of issue", { exact: true }).fill("2026-11-20");
  await author.getByRole("button", { name: "Save", exact: true }).click();
  await expect(author.locator("#preview strong")).toHaveText("lit");
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await author.getByRole("button", { name: "Submit for approval" }).click();
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
  await expect(page.locator(".approval .step[data-check=holds]")).toHaveCount(3);
  await expect(page.locator("details[data-code=C6]")).toHaveAttribute("data-check", "holds");
  await expect(page.locator(".approval")).toContainText("Post legal-a");
});

test("a rejection needs a reason, stops the document, and the text is taken back and written on", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", "drafter");
  const anna = await house.enter("anna", "reviewer");
  await keyOf(anna, house, "anna", "legal-a");
  const bo = await house.enter("bo", "reviewer");
  await keyOf(bo, house, "bo", "legal-b");
  const dong = await house.enter("dong", "reviewer");
  await keyOf(dong, house, "dong", "director");
  await ruled(house);
  await author.goto(house.at("/drafts"));
  await author.getByRole("button", { name: "Document", exact: true }).click();
  await author.getByLabel("Title", { exact: true }).fill("Bridges");
  await author.getByLabel("Kind of document", { exact: true }).selectOption("faq");
  await author.getByLabel("Text", { exact: true }).fill("Call 13800138000.");
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await expect(author.locator(".caution")).toContainText("13800138000");
  await author.getByRole("button", { name: "Submit for approval" }).click();
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
  await author.getByRole("button", { name: "Submit for approval" }).click();
  await expect(author.locator("main")).toContainText("counts no more");
  expect(author.url()).toBe(url);
});
