// Steps that strangers signed, each in every other point as it should be: by a post of another agency, or by one that the rule does not
// name for it; and a good step that comes twice, or to another case. Each is handed in by the form and as the page's own script would.
import { AGENCY, OTHER, begin, house, portable, press, putKey, ruled, sign, submit, unmoved } from "../officers.js";
import { expect, test as base } from "../fixtures.js";
import { office, step, stranger } from "../operator.js";

const test = base.extend({ house });

const NOT_TAKEN = { en: "The step was not taken", zh: "步骤未被接收" };
const POST = { en: "This post may not take this step.", zh: "此岗位不能办理这一步。" };
const NOT_HELD = { en: "This post is not in your hands.", zh: "此岗位不由您担任。" };
const NO_STEP = { en: "This is no step of this case. Nothing was logged.", zh: "这不是本件的审批步骤，未记入。" };
const STALE = { en: "Another step was taken meanwhile. Load the page again.", zh: "其间已有其他步骤，请重新载入页面。" };

const inLanguage = (url, lang) => url.replace("/en/", `/${lang}/`);
const caseOf = (url) => url.split("/").at(-1);

/** The log's own door. */
const door = (server, note) =>
  fetch(`${server.url}/submit`, { method: "POST", body: `${JSON.stringify({ note, parts: [] })}\n` }).then((answer) => answer.json());

/**
 * Two agencies with their posts, of which all but one are in one officer's hands; a rule of the one that names two of its three; and two
 * cases that wait for the first of these two. The test has every key.
 */
async function prepared(house) {
  const { server, place } = house;
  const keys = {};
  for (const [agency, name] of [[AGENCY, "legal"], [AGENCY, "director"], [AGENCY, "clerk"], [OTHER, "director"], [OTHER, "legal"]]) {
    const key = stranger(`${agency}/${name}`);
    keys[agency === AGENCY ? name : `other-${name}`] = key;
    expect(await door(server, office(place, agency, key))).toHaveProperty("index");
  }
  const officer = await house.enter("dong", [["approver", AGENCY], ["approver", OTHER]]);
  for (const post of [`${AGENCY}/legal`, `${AGENCY}/clerk`, `${OTHER}/director`]) {
    house.sql(`insert into post_holders (post, account, given, given_by) select '${post}', id, 1, '' from accounts where login = 'dong'`);
  }
  await ruled(house, [["legal", 1, ["legal"]], ["sign", 1, ["director"], "legal"]]);
  const author = await house.enter("author");
  await begin(author, house);
  const first = await submit(author);
  await begin(author, house, { title: "Bridges over the river" });
  const second = await submit(author);
  await officer.goto(first);
  await putKey(officer, portable(keys.legal));
  return { keys, officer, author, first, second };
}

/** What the desk asks to have signed in a case whose page is open. */
const asked = (page, url) =>
  page.evaluate(async (at) => {
    const { token } = document.querySelector("[data-signing][data-token]").dataset;
    return (await fetch(at, { headers: { "x-gazette-token": token } })).json();
  }, `/desk/cases/${caseOf(url)}/sign?code=legal`);

/** Sends a step as the script of the page would; answers the status, and that it was taken or the name of why it was not. */
const sent = (page, url, given) =>
  page.evaluate(
    async ([at, body]) => {
      const { token } = document.querySelector("[data-signing][data-token]").dataset;
      const answer = await fetch(at, { method: "POST", headers: { "x-gazette-token": token, "content-type": "application/json" }, body });
      return [answer.status, (await answer.json()).code ?? "taken"];
    },
    [`/desk/cases/${caseOf(url)}/steps`, JSON.stringify(given)],
  );

/** Hands a step in by the form for what was signed on a machine of one's own. */
async function handIn(page, given) {
  await page.locator(".elsewhere summary").click();
  await page.locator(".elsewhere textarea").fill(JSON.stringify(given));
  await press(page, page.locator(".elsewhere form button"));
}

/** That the page says why the step that was handed in was not taken. */
async function refused(page, lang, said) {
  await expect(page.locator(".faults h2")).toHaveText(NOT_TAKEN[lang]);
  await expect(page.locator(".faults")).toContainText(said[lang]);
}

/** Signs on the page, and puts this step in the place of what its script sends. */
async function exchanged(page, lang, given, code, said) {
  const forge = (route) => route.continue({ postData: JSON.stringify(given) });
  await page.route("**/steps", forge);
  const form = await sign(page, ...(lang === "zh" ? ["同意", "签名"] : []));
  await expect(form).toHaveAttribute("data-state", code);
  await expect(form.locator(".said")).toHaveText(said[lang]);
  await page.unroute("**/steps", forge);
}

/** That a case stands as it was submitted. */
async function untouched(author, url) {
  await author.goto(url);
  await expect(author.locator(".stand")).toContainText("Waits for approval");
  await expect(author.locator("li[data-decision]")).toHaveCount(0);
}

test("a step that another agency's post signed, or one that the rule does not name for it, is taken by no way, whoever's hands it is in", async ({ house }) => {
  test.setTimeout(180_000);
  const { keys, officer, author, first } = await prepared(house);
  const ask = await asked(officer, first);
  expect(ask).toMatchObject({ agency: AGENCY, case: caseOf(first), code: "legal" });
  for (const [what, given, code, said] of [
    ["another agency's post, in the officer's hands", step(ask, keys["other-director"]), "post", POST],
    ["another agency's post, in nobody's", step(ask, keys["other-legal"]), "not-holder", NOT_HELD],
    ["a post of this agency that the rule does not name", step(ask, keys.clerk), "post", POST],
    ["a post that the rule names for another step", step(ask, keys.legal, { code: "sign" }), "post", POST],
    ["a post that may skip nothing", step(ask, keys.legal, { decision: "override", why: "The river does not wait." }), "post", POST],
  ]) {
    await test.step(what, () =>
      unmoved(house, async () => {
        for (const lang of ["en", "zh"]) {
          await officer.goto(inLanguage(first, lang));
          await handIn(officer, given);
          await refused(officer, lang, said);
          await officer.goto(inLanguage(first, lang));
          await exchanged(officer, lang, given, code, said);
        }
      }),
    );
  }
  // Nor is one of another agency's logged where no desk is asked.
  await unmoved(house, async () => {
    const answer = await door(house.server, step(ask, keys["other-director"]).note);
    expect(answer).toMatchObject({ code: "not-entitled", refused_zh: "该机关无权就此文件作此声明。" });
    expect(answer.refused).toContain("may not speak for");
  });
  await untouched(author, first);

  // The same by the post that the rule names is taken: nothing else was wrong with them.
  await officer.goto(first);
  await handIn(officer, step(ask, keys.legal));
  await expect(officer.locator("li[data-decision=approve]")).not.toHaveCount(0);
  expect(house.steps()).toBe(1);
});

test("a step counts once and in its own case: handed in again, at the same moment, or for another text, it changes nothing", async ({ house }) => {
  test.setTimeout(180_000);
  const { keys, officer, author, first, second } = await prepared(house);
  const ofFirst = await asked(officer, first);
  const good = step(ofFirst, keys.legal);

  // Of one case, handed in to the other.
  await unmoved(house, async () => {
    for (const lang of ["en", "zh"]) {
      await officer.goto(inLanguage(second, lang));
      await handIn(officer, good);
      await refused(officer, lang, NO_STEP);
    }
  });
  // For the other case, and about the text of the first.
  await officer.goto(second);
  const ofSecond = await asked(officer, second);
  expect(ofSecond.case).not.toBe(ofFirst.case);
  const moved = step({ ...ofSecond, core_line: ofFirst.core_line }, keys.legal);
  await unmoved(house, async () => {
    expect(await sent(officer, second, moved)).toEqual([422, "other-text"]);
    await handIn(officer, moved);
    await expect(officer.locator(".faults h2")).toHaveText(NOT_TAKEN.en);
  });
  for (const url of [first, second]) await untouched(author, url);

  // Pages that were opened before it was taken hand it in once more.
  const old = {};
  for (const lang of ["en", "zh"]) {
    old[lang] = await officer.context().newPage();
    await old[lang].goto(inLanguage(first, lang));
  }
  const [size, steps] = [await house.size(), house.steps()];
  await officer.goto(first);
  await handIn(officer, good);
  await expect(officer.locator("li[data-decision=approve]")).not.toHaveCount(0);
  expect([await house.size(), house.steps()]).toEqual([size + 1, steps + 1]);
  await unmoved(house, async () => {
    for (const lang of ["en", "zh"]) {
      await handIn(old[lang], good);
      await refused(old[lang], lang, STALE);
    }
  });

  // Both at once: one of them is taken.
  await officer.goto(second);
  const twice = step(ofSecond, keys.legal);
  const answers = await Promise.all([sent(officer, second, twice), sent(officer, second, twice)]);
  expect(answers.sort(([one], [other]) => one - other)).toEqual([[200, "taken"], [409, "stale-case"]]);
  expect([await house.size(), house.steps()]).toEqual([size + 2, steps + 2]);
  for (const url of [first, second]) {
    await author.goto(url);
    await expect(author.locator(".stand")).toContainText("Waits for approval");
    await expect(author.locator(".flow li[data-decision]")).toHaveCount(1);
  }
});
