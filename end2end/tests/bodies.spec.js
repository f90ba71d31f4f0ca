// Who speaks for an agency that is no more, and who oversees one: named at the desk by a registrar, each then states at its own desk what
// becomes of that agency's texts, and readers see by whom it was stated. Nobody else states anything of them.
import { AGENCY, OTHER as HEIR, begin, house, portable, press, published, putKey, register, submit, unmoved } from "../officers.js";
import { checked, expect, panel, test as base } from "../fixtures.js";
import { key } from "../operator.js";

const test = base.extend({ house });
test.slow();

const OVERSEER = "gazette.example/office";
const STRANGER = "gazette.example/market";
const REPEAL = { change: "repealed", ground: "organisation-changed", effective: "2026-12-01" };
const ANNULMENT = { change: "annulled", ground: "conflicts-with-law" };

/** Asks for an agency's successor and overseers, where it has its form on the page of its posts. */
async function ask(admin, house, successor, overseers, lang = "en") {
  await admin.goto(house.at(`/posts/of/${AGENCY}`, lang));
  const form = admin.locator("form[action$='?bodies']");
  await form.locator("[name=successor]").fill(successor);
  await form.locator("[name=overseers]").fill(overseers.join("\n"));
  await press(admin, form.getByRole("button"));
  return form;
}

async function named(house, successor, overseers) {
  await ask(house.admin, house, successor, overseers);
  await expect(house.admin.locator("h1")).toHaveText("A registration");
  await register(house.admin);
}

/** Somebody of an agency without a rule, who writes and publishes. */
const editor = (house, login, agency) => house.enter(login, [["drafter", agency], ["publisher", agency]]);

async function publish(page, url) {
  await page.goto(url);
  await press(page, page.getByRole("button", { name: "Publish", exact: true }));
  return published(page, url);
}

/** A text of the agency, published; answers its entry's number. */
async function text(house) {
  const author = await editor(house, "author", AGENCY);
  await begin(author, house);
  return publish(author, await submit(author));
}

/** Begins something about a text, named by its number: it is in no list of another agency's. */
async function about(page, house, index, kind, fields) {
  await page.goto(house.at("/drafts"));
  await page.locator("#target").fill(String(index));
  await page.locator("#number-kind").selectOption(kind);
  await press(page, page.getByRole("button", { name: "Begin", exact: true }));
  const form = page.locator("form.draft");
  await expect(form.locator("[name=target]")).toHaveValue(String(index));
  const { change, ground, effective } = fields;
  if (change) await form.locator("[name=change]").selectOption(change);
  if (effective) await form.locator("[name=effective]").fill(effective);
  if (kind === "redaction") await form.locator("[name=parts]").first().check();
  await form.locator("[name=ground]").selectOption(ground);
  await press(page, page.getByRole("button", { name: "Save and submit for approval" }));
  await expect(page.locator("h1")).toHaveText("Submit for approval");
}

/** Submits what is on the page before that: the log would not take it, and that is said in both languages. */
async function refused(page, house) {
  const address = page.url();
  await unmoved(house, async () => {
    for (const [lang, button, title, said] of [
      ["en", "Submit for approval", "The log would not take this", "This agency may not say so of this document."],
      ["zh", "送审", "日志不会接受此文稿", "该机关无权就此文件作此声明。"],
    ]) {
      await page.goto(address.replace("/en/", `/${lang}/`));
      await press(page, page.getByRole("button", { name: button, exact: true }));
      await expect(page.locator(".faults h2")).toHaveText(title);
      await expect(page.locator(".faults")).toContainText(said);
    }
  });
  return address;
}

/** Submits it, and publishes it. */
async function stated(page, address) {
  await page.goto(address);
  await press(page, page.getByRole("button", { name: "Submit for approval", exact: true }));
  await expect(page.locator(".stand")).toContainText("Waits for approval");
  return publish(page, page.url());
}

/** What is over the text, and on the statement's own page, of what another body stated: all of it held to in the reader's browser. */
async function reads(reader, house, { lang, of, index, notice, reason, name }) {
  await checked(reader, `${house.server.url}/${lang}/disclosures/${of}`);
  await expect(reader.locator("html")).toHaveAttribute("data-checked", "done");
  await expect(reader.locator(".judgement")).toHaveAttribute("data-check", "holds");
  const over = reader.locator(`.notice[data-index="${index}"]`);
  await expect(over).toHaveAttribute("data-check", "holds");
  const by = lang === "zh" ? `由${name}声明` : `Stated by ${name}`;
  for (const words of [notice, reason, by]) await expect(over).toContainText(words);
  // The text itself stays its agency's.
  await expect(reader.locator(".issuer")).not.toContainText(name);
  await checked(reader, `${house.server.url}/${lang}/entries/${index}`);
  await expect(reader.locator("section.catalogue.single")).toContainText(name);
  await expect(panel(reader, "C5")).toHaveAttribute("data-check", "holds");
}

test("a registrar names a successor and an overseer; each states what becomes of the agency's text, and readers see by whom", async ({
  house,
  browser,
}) => {
  test.setTimeout(240_000);
  const { admin, server } = house;
  const document = await text(house);
  const heir = await editor(house, "heir", HEIR);
  await about(heir, house, document, "status", REPEAL);
  // Before it is named it may not, whatever it will be.
  const repealing = await refused(heir, house);

  // Who is not registered, or the agency itself, cannot be named; what was typed stays.
  for (const [lang, said] of [["en", "Give the ids of other agencies that are registered."], ["zh", "请填写其他已登记机关的标识。"]]) {
    for (const [successor, overseers] of [["gazette.example/nobody", [OVERSEER]], [HEIR, ["gazette.example/nobody"]], [AGENCY, [OVERSEER]]]) {
      const form = await ask(admin, house, successor, overseers, lang);
      await expect(form.locator(".fault")).toHaveText(said);
      await expect(form.locator("[name=successor]")).toHaveValue(successor);
      await expect(form.locator("[name=overseers]")).toHaveValue(overseers.join("\n"));
    }
  }
  // Asking alone changes nothing.
  await unmoved(house, () => ask(admin, house, HEIR, [OVERSEER]));
  await expect(admin.locator("[data-registration] [data-field=successor]")).toHaveText(HEIR);
  await expect(admin.locator("[data-registration] [data-field=overseer]")).toHaveText([OVERSEER]);
  await register(admin);
  const form = admin.locator("form[action$='?bodies']");
  await expect(form.locator("[name=successor]")).toHaveValue(HEIR);
  await expect(form.locator("[name=overseers]")).toHaveValue(OVERSEER);

  const repeal = await stated(heir, repealing);
  const overseer = await editor(house, "overseer", OVERSEER);
  await about(overseer, house, document, "status", ANNULMENT);
  const annulment = await stated(overseer, overseer.url());

  const context = await browser.newContext();
  const reader = await context.newPage();
  for (const [lang, agency, first, second] of [
    [
      "en",
      "Abolished Successor Yunze Transport Bureau",
      { notice: "This document has been repealed", reason: "duties moved to another body", name: "Yunze Transport Bureau" },
      { notice: "This document has been annulled", reason: "it conflicts with higher law", name: "Yunze Municipal Office" },
    ],
    [
      "zh",
      "已撤销 承继机关 云泽市交通运输局",
      { notice: "本文件已废止", reason: "机构职能调整", name: "云泽市交通运输局" },
      { notice: "本文件已撤销", reason: "与上位法不一致", name: "云泽市人民政府办公室" },
    ],
  ]) {
    await reads(reader, house, { lang, of: document, index: repeal, ...first });
    await reads(reader, house, { lang, of: document, index: annulment, ...second });
    await checked(reader, `${server.url}/${lang}/agencies/${AGENCY}`);
    await expect(reader.locator(".registration")).toHaveAttribute("data-check", "holds");
    await expect(reader.locator(".registration .ended")).toHaveText(agency);
    await expect(reader.locator(`.registration .ended a[href="/${lang}/agencies/${HEIR}"]`)).toHaveCount(1);
  }
  await context.close();
});

test("a third agency states nothing of the text, an overseer takes no part of it away, and one that is named no more states nothing more", async ({
  house,
  browser,
}) => {
  test.setTimeout(240_000);
  const document = await text(house);
  await named(house, HEIR, [OVERSEER]);
  const stranger = await editor(house, "stranger", STRANGER);
  await about(stranger, house, document, "status", REPEAL);
  await refused(stranger, house);
  const overseer = await editor(house, "overseer", OVERSEER);
  await about(overseer, house, document, "redaction", { ground: "personal-data" });
  await refused(overseer, house);
  await about(overseer, house, document, "status", ANNULMENT);
  const annulment = await stated(overseer, overseer.url());

  // What was stated stays as it was, for whoever reads it, after its body has ceased to oversee the agency.
  await named(house, HEIR, []);
  await about(overseer, house, document, "status", { change: "reinstated", ground: "court-decision" });
  await refused(overseer, house);
  const context = await browser.newContext();
  const reader = await context.newPage();
  const words = { notice: "This document has been annulled", reason: "it conflicts with higher law", name: "Yunze Municipal Office" };
  await reads(reader, house, { lang: "en", of: document, index: annulment, ...words });
  await checked(reader, `${house.server.url}/en/disclosures/${document}`);
  await expect(reader.locator(".notice")).toHaveCount(1);
  await context.close();
});

test("a server that shows a registrar another successor or other overseers than it asks to have signed gets no signature", async ({ house }) => {
  const { admin, place } = house;
  await ask(admin, house, HEIR, [OVERSEER]);
  await expect(admin.locator("h1")).toHaveText("A registration");
  const asked = admin.url();
  await putKey(admin, portable(key(place, "registrar")));
  const sign = admin.locator("form[data-sign-text]");
  for (const [what, alter] of [
    ["another successor", () => (document.querySelector("[data-field=successor]").textContent = "gazette.example/market")],
    ["no successor", () => document.querySelector("[data-field=successor]").remove()],
    ["another overseer", () => (document.querySelector("[data-field=overseer]").textContent = "gazette.example/market")],
    ["no overseer", () => document.querySelector("[data-field=overseer]").remove()],
    ["an overseer twice", () => document.querySelector("[data-field=overseer]").after(document.querySelector("[data-field=overseer]").cloneNode(true))],
  ]) {
    await unmoved(house, async () => {
      await admin.goto(asked);
      await admin.evaluate(alter);
      await sign.getByRole("button").click();
      await expect(sign, what).toHaveAttribute("data-state", "shown-differs");
    });
  }
  await admin.goto(asked);
  await sign.getByRole("button").click();
  await expect(admin.locator("h1")).toContainText("Posts of");
  await expect(admin.locator("form[action$='?bodies'] [name=successor]")).toHaveValue(HEIR);
});
