// What becomes of a published document, each in the way its department takes it: a new version, a correction, a repeal, a withdrawal,
// and its being in force again. One writes it where the desk lists the document, two posts sign it in browsers of their own, and
// readers find it on both pages, with its ground and by whom it was approved, all of it checked.
import { AGENCY, begin, house, keyOf, published, ruled, signed, submit } from "../officers.js";
import { checked, expect, failsBy, knot, panel, test as base } from "../fixtures.js";

const test = base.extend({ house });

const TITLE = "Lanterns of the old town";
const CODES = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"];

/** Who writes, and two posts with their keys, one behind the other by the agency's rule. */
async function staffed(house) {
  const staff = { author: await house.enter("author") };
  for (const [post, role] of [["lawyer", "reviewer"], ["director", "approver"]]) {
    staff[post] = await house.enter(post, [[role, AGENCY]]);
    await keyOf(staff[post], house, post, post);
  }
  await ruled(house, [["legal", 1, ["lawyer"]], ["sign", 1, ["director"], "legal"]]);
  return staff;
}

/** Has what the author is writing approved by both posts and published; answers its entry's number. */
async function approved({ author, lawyer, director }) {
  const url = await submit(author);
  await signed(lawyer, url);
  await signed(director, url);
  return published(author, url);
}

/** Begins something about a published document, where the desk lists that. */
async function about(author, house, index, button) {
  await author.goto(house.at("/drafts"));
  const row = author.locator("form.about").filter({ has: author.locator(`input[name=target][value="${index}"]`) });
  await row.getByRole("button", { name: button, exact: true }).click();
  await expect(author.locator("form.draft [name=target]")).toHaveValue(String(index));
  await expect(author.locator("form.draft [name=ground]")).toHaveValue("");
}

/** Says what becomes of a document and why, and has it approved and published. */
async function change(staff, house, index, fields) {
  const { author } = staff;
  await about(author, house, index, "Change");
  const { change, ground, ...others } = fields;
  await author.locator("form.draft [name=change]").selectOption(change);
  await author.locator("form.draft [name=ground]").selectOption(ground);
  for (const [name, value] of Object.entries(others)) await author.locator(`form.draft [name=${name}]`).fill(value);
  return approved(staff);
}

/** Reads a page as anybody does: it was approved, and whatever it says of any entry holds in the reader's own browser. */
async function holds(reader, address) {
  await checked(reader, address);
  await expect(reader.locator("html")).toHaveAttribute("data-checked", "done");
  await expect(reader.locator(".judgement")).toHaveAttribute("data-check", "holds");
  // No outside witness, no earlier visit, and no parts of what is no disclosure: there is nothing to ask then.
  for (const code of CODES) await expect(panel(reader, code)).toHaveAttribute("data-check", ["C4", "C7", "C8"].includes(code) ? /^(holds|none)$/ : "holds");
  await expect(reader.locator("main [data-index]:not(.checks):not([data-check=holds])")).toHaveCount(0);
  const steps = reader.locator(".approval .step[data-check=holds]");
  await expect(steps).toHaveCount(2);
  await expect(steps.first()).toContainText("lawyer");
  await expect(steps.last()).toContainText("director");
}

/** What a change says on the page of the document it is of, where it leads from there, and what its own page says and leads back to. */
async function changed(reader, url, { lang, of, index, notice, entry, reason }) {
  const document = `/${lang}/disclosures/${of}`;
  const statement = `/${lang}/entries/${index}`;
  await holds(reader, url + document);
  const said = reader.locator(`.notice[data-index="${index}"]`);
  await expect(said).toContainText(notice);
  await expect(said).toContainText(reason);
  await expect(said.locator(`a[href="${statement}"]`)).toHaveCount(1);
  await holds(reader, url + statement);
  await expect(reader.locator("h1")).toHaveText(entry + TITLE);
  const says = reader.locator("section.catalogue.single");
  await expect(says.locator("[data-field=ground]")).toHaveText(reason.replace(/^.*?[:：]\s*/, ""));
  await expect(says.locator(`a[href="${document}"]`)).toHaveCount(1);
  await expect(panel(reader, "C7")).toHaveAttribute("data-check", "none");
}

test("a new version says why it came, old and new lead to each other, and a correction names both", async ({ house, browser }) => {
  test.setTimeout(300_000);
  const staff = await staffed(house);
  const { author, lawyer, director } = staff;
  await begin(author, house, { text: "There are **40** of them." });
  // What replaces nothing is not asked why.
  await expect(author.locator("html[data-editing=awake]")).toBeAttached();
  const [target, why] = ["target", "ground"].map((name) => author.locator(`form.draft [name=${name}]`));
  await expect(why).toBeHidden();
  await target.fill("1");
  await expect(why).toBeVisible();
  await target.fill("");
  await expect(why).toBeHidden();
  const first = await approved(staff);

  await about(author, house, first, "New version");
  await author.getByLabel("Text", { exact: true }).fill("There are **14** of them.");
  // Nobody submits it without a ground, and is told so beside its field, in both languages.
  const draft = new URL(author.url()).pathname;
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await author.locator('.faults a[href$="lacks=1#ground"]').click();
  await expect(author.locator("#ground-fault")).toHaveText("Fill this in.");
  await author.goto(`${house.server.url}${draft.replace("/en/", "/zh/")}?lacks=1`);
  await expect(author.locator("#ground-fault")).toHaveText("请填写。");
  await expect(author.locator('[name=ground] option[value="error-in-figures"]')).toHaveText("数据有误");
  await author.goto(house.server.url + draft);
  await author.getByLabel("Ground", { exact: true }).selectOption("error-in-figures");
  const url = await submit(author);

  await signed(lawyer, url);
  // Whoever approves it reads why, and signs on no page that gives another ground.
  await director.goto(url);
  const ground = director.locator("[data-frozen] [data-field=ground]");
  await expect(ground).toHaveText("figures were wrong");
  await ground.evaluate((shown) => {
    shown.dataset.value = "error-in-text";
    shown.textContent = "the wording was wrong";
  });
  const lied = director.locator("form.sign");
  await lied.getByLabel("Approved").check();
  await lied.getByRole("button", { name: "Sign" }).click();
  await expect(lied).toHaveAttribute("data-state", "shown-differs");
  await signed(director, url);
  const second = await published(author, url);

  const context = await browser.newContext();
  const reader = await context.newPage();
  const at = (lang, index) => `${house.server.url}/${lang}/disclosures/${index}`;
  for (const [lang, say] of [
    ["en", { replaces: "Takes the place of: version 1", reason: "Reason: figures were wrong", later: "There is a later version of this document" }],
    ["zh", { replaces: "取代：第 1 版", reason: "理由：数据有误", later: "本文件已有新版" }],
  ]) {
    await holds(reader, at(lang, second));
    await expect(reader.locator(".prose strong")).toHaveText("14");
    await expect(reader.locator(".replaces")).toContainText(say.replaces);
    await expect(reader.locator(".replaces")).toContainText(say.reason);
    await expect(reader.locator(`.versions tr[data-index="${second}"]`)).toContainText(say.reason);
    await reader.locator(`.replaces a[href="/${lang}/disclosures/${first}"]`).click();
    await expect(reader).toHaveURL(at(lang, first));
    await holds(reader, at(lang, first));
    await expect(reader.locator(".prose strong")).toHaveText("40");
    await expect(reader.locator(".replaces")).toHaveCount(0);
    await expect(reader.locator(".notice.severe")).toContainText(say.later);
    const row = reader.locator(`.versions tr[data-index="${second}"]`);
    await expect(row).toContainText(say.reason);
    await expect(row.locator(`a[href="/${lang}/disclosures/${second}"]`)).toHaveCount(1);
  }

  // A page that gives another ground than was sealed is caught.
  await reader.route(at("en", second), async (route) => {
    const answer = await route.fetch();
    const html = await answer.text();
    const body = html.replaceAll('data-value="error-in-figures">figures were wrong', 'data-value="error-in-text">the wording was wrong');
    expect(body === html, "the page is altered").toBe(false);
    await route.fulfill({ response: answer, body });
  });
  await checked(reader, at("en", second));
  await failsBy(reader, "C7", "shown-differs");
  await expect(reader.locator(`.versions tr[data-index="${second}"]`)).toHaveAttribute("data-check", "fails");
  await reader.unroute(at("en", second));

  const correction = await change(staff, house, first, { change: "corrected", ground: "error-in-figures", by: String(second) });
  for (const [lang, say] of [
    ["en", { notice: "This document has been corrected", entry: "Corrected: ", reason: "Reason: figures were wrong" }],
    ["zh", { notice: "本文件已更正", entry: "更正：", reason: "理由：数据有误" }],
  ]) {
    await changed(reader, house.server.url, { lang, of: first, index: correction, ...say });
    // What corrects it is named there, and on its own page says of which it does.
    await expect(reader.locator(`section.catalogue.single a[href="/${lang}/disclosures/${second}"]`)).toHaveCount(1);
    await holds(reader, at(lang, second));
    const said = reader.locator(`.notice[data-index="${correction}"]`);
    await expect(said.locator("[data-field=kind]")).toHaveText(say.entry + TITLE);
    await expect(said.locator(`a[href="/${lang}/disclosures/${first}"]`)).toHaveCount(1);
    await expect(said.locator(`a[href="/${lang}/entries/${correction}"]`)).toHaveCount(1);
  }
  await context.close();
});

test("a withdrawn document stays readable and says that it is withdrawn, until it says that it is in force again", async ({ house, browser }) => {
  test.setTimeout(300_000);
  const staff = await staffed(house);
  await begin(staff.author, house);
  const document = await approved(staff);
  const context = await browser.newContext();
  const reader = await context.newPage();
  const at = (lang, path) => `${house.server.url}/${lang}${path}`;

  const withdrawal = await change(staff, house, document, { change: "withdrawn", ground: "published-in-error" });
  for (const [lang, say] of [
    ["en", { notice: "The agency has taken back its publication of this document", entry: "Withdrawn: ", reason: "Reason: published by mistake" }],
    ["zh", { notice: "本文件已撤回发布", entry: "撤回：", reason: "理由：误发" }],
  ]) {
    await changed(reader, house.server.url, { lang, of: document, index: withdrawal, ...say });
    // Only a redaction takes bytes away: whoever read it can still find what was taken back, and that it was.
    await holds(reader, at(lang, `/disclosures/${document}`));
    await expect(reader.locator(`.notice.severe[data-index="${withdrawal}"]`)).toHaveCount(1);
    await expect(reader.locator(".catalogue .standing")).toHaveAttribute("data-standing", "withdrawn");
    await expect(reader.locator(".prose strong")).toHaveText("lit");
    await checked(reader, at(lang, "/"));
    await expect(knot(reader, document).locator(".standing")).toHaveAttribute("data-standing", "withdrawn");
    await expect(knot(reader, withdrawal)).toHaveAttribute("data-check", "holds");
    await expect(knot(reader, withdrawal).locator("h2")).toHaveText(say.entry + TITLE);
  }

  const again = await change(staff, house, document, { change: "reinstated", ground: "court-decision" });
  for (const [lang, say] of [
    ["en", { notice: "This document is in force again", entry: "In force again: ", reason: "Reason: a court decided so" }],
    ["zh", { notice: "本文件已恢复效力", entry: "恢复效力：", reason: "理由：法院裁判" }],
  ]) {
    await changed(reader, house.server.url, { lang, of: document, index: again, ...say });
    await holds(reader, at(lang, `/disclosures/${document}`));
    await expect(reader.locator(".catalogue .standing")).toHaveAttribute("data-standing", "in-force");
    await expect(reader.locator(".prose strong")).toHaveText("lit");
    // What was said of it before is said still, behind what is said now.
    await expect(reader.locator(".notice")).toHaveCount(2);
    await expect(reader.locator(".notice").first()).toHaveAttribute("data-index", String(again));
    await expect(reader.locator(".notice").last()).toHaveAttribute("data-index", String(withdrawal));
  }
  await context.close();
});

test("a repeal says since when and why, and the text it ends stays", async ({ house, browser }) => {
  test.setTimeout(300_000);
  const staff = await staffed(house);
  await begin(staff.author, house);
  const document = await approved(staff);
  const repeal = await change(staff, house, document, { change: "repealed", ground: "replaced-by-new-rule", effective: "2026-12-01" });
  const context = await browser.newContext();
  const reader = await context.newPage();
  for (const [lang, say] of [
    ["en", { notice: "This document has been repealed", entry: "Repealed: ", reason: "Reason: a newer rule takes its place" }],
    ["zh", { notice: "本文件已废止", entry: "废止：", reason: "理由：已由新的规定取代" }],
  ]) {
    await changed(reader, house.server.url, { lang, of: document, index: repeal, ...say });
    await holds(reader, `${house.server.url}/${lang}/disclosures/${document}`);
    const notice = reader.locator(`.notice.severe[data-index="${repeal}"]`);
    await expect(notice.locator("time[data-field=effective]")).toHaveAttribute("datetime", "2026-12-01");
    await expect(reader.locator(".catalogue .standing")).toHaveAttribute("data-standing", "repealed");
    await expect(reader.locator(".prose strong")).toHaveText("lit");
  }
  await context.close();
});
