// Keys at the desk: made in the browser, never read out of it, saved, lost, brought back; and what they sign.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { first, give, hire, post, signIn, staffSql } from "../people.js";
import { checked, expect, panel, sample, test as base } from "../fixtures.js";
import { copyOf, run, serve } from "../gazette.js";
import { begin, carriedOff, house as officers, keyOf, press, putKey, ruled, shownAs, sign as signs, signed as approved, submit, taken, unmoved } from "../officers.js";
import { CASE, caseAt, leaf, paper } from "../paper.js";

const AGENCY = "gazette.example/finance";
const POST = `${AGENCY}/approver`;
const PASSPHRASE = "lanterns over a quiet river";

// A server of the test's own, and its first administrator, who may do everything here.
const test = base.extend({
  house: async ({ page }, use) => {
    const place = await copyOf(sample());
    const server = await serve(place, { args: ["--no-sample"] });
    await first(page, server);
    give(place, "first", [
      ["registrar", ""],
      ["administrator", AGENCY],
      ["approver", AGENCY],
    ]);
    await use({ server, place, at: (path) => `${server.url}/en/desk${path}` });
    // What the page still asks for would be refused.
    await page.goto("about:blank");
    await server.stop();
    await place.remove();
  },
});

// Each makes a chain's desk of its own, and most a key and its backup, which is meant to be slow.
test.slow();

const said = (page) => page.locator("[data-key-said]").first();

/** That the script that signs hears what is done on this page from here on. */
const awake = (page) => expect(page.locator("html")).toHaveAttribute("data-signing", "awake");

/** Names a new post of the agency, and makes its key; answers the backup file. */
async function makeKey(page, house, passphrase = PASSPHRASE) {
  await page.goto(house.at(`/posts/of/${AGENCY}`));
  await page.getByLabel("Last part of its id").fill("approver");
  await page.getByLabel("Name in Chinese").fill("审批人");
  await page.getByLabel("Name in English").fill("Approver");
  await page.getByRole("button", { name: "Go on to its key" }).click();
  await expect(said(page)).toContainText("keeps no key");
  await page.locator("[data-make-key]").getByLabel("Passphrase for the backup file").fill(passphrase);
  await page.locator("[data-make-key]").getByLabel("Passphrase once more").fill(passphrase);
  await page.getByRole("button", { name: "Make the key" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save the file" }).click()]);
  const file = await readFile(await download.path(), "utf8");
  await page.getByLabel("I have saved the file").check();
  await page.getByRole("button", { name: "Keep the key here" }).click();
  await expect(page.locator("h1")).toHaveText("A registration");
  return file;
}

async function register(page) {
  await page.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(page.locator("h1")).toContainText("Posts of");
}

const key = (page, house) => page.goto(house.at(`/posts/key/${POST}`));

/** What this browser keeps: for each key its name, and whether it can be read out. */
function kept(page) {
  return page.evaluate(async () => {
    const opening = indexedDB.open("gazette-keys", 1);
    await new Promise((resolve, reject) => Object.assign(opening, { onsuccess: resolve, onerror: reject }));
    const asked = opening.result.transaction("keys").objectStore("keys").getAll();
    await new Promise((resolve, reject) => Object.assign(asked, { onsuccess: resolve, onerror: reject }));
    opening.result.close();
    const read = ({ name, vkey, key }) =>
      Promise.all(["pkcs8", "jwk"].map((form) => crypto.subtle.exportKey(form, key).then(() => form, () => "refused"))).then((exported) => ({
        name,
        vkey,
        extractable: key.extractable,
        exported,
        others: Object.keys(key),
      }));
    return Promise.all(asked.result.map(read));
  });
}

/** What the command line proves with a key file, as the page of the post's key says to. */
async function proof(page, house, file) {
  const [, origin, account] = /--origin (\S+) --account (\S+)/.exec(await page.locator("pre.command").textContent());
  return (await run(["post", "prove", "--key", file, "--origin", origin, "--account", account], house.place)).out;
}

async function restore(page, file, passphrase) {
  const form = page.locator("form[data-restore-key]");
  if (!(await form.isVisible())) await page.getByText("Bring a key back").first().click();
  await form.locator("input[type=file]").setInputFiles({ name: "key.txt", mimeType: "text/plain", buffer: Buffer.from(file) });
  await form.locator("input[type=password]").fill(passphrase);
  await form.locator("button").click();
  return form;
}

test("a key is made in the browser, registered, and never read out of it", async ({ page, house }) => {
  const file = await makeKey(page, house);
  await register(page);
  await key(page, house);
  await expect(said(page)).toHaveText(`This browser keeps a registered key for ${POST}.`);
  const [one, ...more] = await kept(page);
  expect(more).toEqual([]);
  expect(one).toMatchObject({ name: POST, extractable: false, exported: ["refused", "refused"] });
  await expect(page.locator(".keyrows").first()).toContainText(one.vkey);
  // The file says what it is of, and holds the key only locked.
  const [kind, about, locked] = file.split("\n");
  expect(kind).toBe("gazette key backup");
  expect(JSON.parse(about)).toMatchObject({ name: POST, vkey: one.vkey, kdf: "PBKDF2-SHA-256", cipher: "AES-256-GCM" });
  expect(JSON.parse(about).rounds).toBeGreaterThanOrEqual(600_000);
  expect(Buffer.from(locked, "base64").includes(Buffer.from("302e020100300506032b6570", "hex"))).toBe(false);
});

test("a browser that lost its storage gets the key back from the file, and from no other", async ({ page, house }) => {
  const file = await makeKey(page, house);
  await register(page);
  await key(page, house);
  const [before] = await kept(page);
  await page.evaluate(() => new Promise((resolve) => Object.assign(indexedDB.deleteDatabase("gazette-keys"), { onsuccess: resolve })));
  await page.reload();
  await expect(said(page)).toHaveText(`This browser keeps no key for ${POST}.`);

  await expect(await restore(page, file, "lanterns over a loud river")).toHaveAttribute("data-state", "wrong-passphrase");
  const [kind, about, locked] = file.split("\n");
  const altered = JSON.parse(about);
  for (const [what, edited] of [
    ["another name in the open", [kind, JSON.stringify({ ...altered, name: `${AGENCY}/other` }), locked].join("\n")],
    ["another key in the open", [kind, JSON.stringify({ ...altered, vkey: "x" }), locked].join("\n")],
    ["an altered lock", [kind, about, locked.replace(/^../, locked.startsWith("AA") ? "BB" : "AA")].join("\n")],
  ]) {
    await expect(await restore(page, edited, PASSPHRASE), what).toHaveAttribute("data-state", "wrong-passphrase");
  }
  for (const weak of [{ ...altered, rounds: 1 }, { ...altered, kdf: "none" }]) {
    await expect(await restore(page, [kind, JSON.stringify(weak), locked].join("\n"), PASSPHRASE)).toHaveAttribute("data-state", "not-a-backup");
  }
  await expect(await restore(page, "hello", PASSPHRASE)).toHaveAttribute("data-state", "not-a-backup");
  const elsewhere = [kind, JSON.stringify({ ...altered, chain: "A".repeat(43) + "=" }), locked].join("\n");
  await expect(await restore(page, elsewhere, PASSPHRASE)).toHaveAttribute("data-state", "other-chain");
  expect(await kept(page)).toEqual([]);

  await expect(await restore(page, file, PASSPHRASE)).toHaveAttribute("data-state", "restored");
  await expect(said(page)).toHaveText(`This browser keeps a registered key for ${POST}.`);
  expect(await kept(page)).toEqual([before]);
});

test("a key of the command line comes into the browser, and stays there", async ({ page, house }) => {
  const path = `${house.place.path}/approver.key`;
  const { out } = await run(["post", "key", "--out", path, "--name", POST], house.place);
  await makeKey(page, house);
  await register(page);
  await key(page, house);
  await page.getByLabel("Proof that you have the key").fill(await proof(page, house, path));
  await page.getByRole("button", { name: "Have it registered" }).click();
  await register(page);
  await key(page, house);
  await expect(await restore(page, await readFile(path, "utf8"), "")).toHaveAttribute("data-state", "restored");
  const [one] = await kept(page);
  expect(one).toMatchObject({ vkey: out.trim(), extractable: false, exported: ["refused", "refused"] });
  await expect(said(page)).toContainText("a registered key");
});

test("passphrases that are short or differ make no key", async ({ page, house }) => {
  await page.goto(house.at(`/posts/key/${POST}?agency=${AGENCY}&zh=a&en=a`));
  const form = page.locator("[data-make-key]");
  for (const [one, other, state] of [
    ["short", "short", "short-passphrase"],
    [PASSPHRASE, `${PASSPHRASE}!`, "passphrases-differ"],
  ]) {
    await form.getByLabel("Passphrase for the backup file").fill(one);
    await form.getByLabel("Passphrase once more").fill(other);
    await form.getByRole("button").click();
    await expect(form).toHaveAttribute("data-state", state);
  }
  expect(await kept(page)).toEqual([]);
});

test("a registrar's key signs in the browser what the page shows, and nothing else", async ({ page, house }) => {
  await makeKey(page, house);
  const registration = page.url();
  const file = await readFile(`${house.place.data}/keys/registrar.key`, "utf8");
  await page.goto(house.at("/registrations"));
  await expect(await restore(page, file, "")).toHaveAttribute("data-state", "restored");
  await expect(said(page)).toContainText("a registered key for gazette.example/registrar");

  const sign = page.locator("form[data-sign-text]");
  for (const [what, alter] of [
    ["another key", () => (document.querySelector("[data-registration] [data-field=key]").textContent += "A")],
    ["a key left out", () => document.querySelector("[data-registration] [data-field=key]").remove()],
    ["another name", () => (document.querySelector("[data-registration] [data-field=name]").textContent = "Minister")],
    ["another post", () => (document.querySelector("[data-registration] [data-field=post]").textContent += "s")],
    ["another text", () => (document.querySelector("[data-text]").textContent = document.querySelector("[data-text]").textContent.replace("审批人", "部长"))],
  ]) {
    await page.goto(registration);
    await page.evaluate(alter);
    await sign.getByRole("button").click();
    await expect(sign, what).toHaveAttribute("data-state", "shown-differs");
  }
  await page.goto(registration);
  await page.evaluate(() => {
    const text = document.querySelector("[data-text]");
    text.textContent = text.textContent.replace("gazette.example/log\n", "other.example/log\n");
  });
  await sign.getByRole("button").click();
  await expect(sign).toHaveAttribute("data-state", "other-chain");

  await page.goto(registration);
  await sign.getByRole("button").click();
  await expect(page.locator("h1")).toContainText("Posts of");
  await expect(page.locator("main")).toContainText(POST);
});

test("a server that shows a registrar another rule than it asks to have signed gets no signature", async ({ page, house }) => {
  await makeKey(page, house);
  await register(page);
  const step = { "genre-0": "*", "code-0": "sign", "posts-0": POST, "count-0": "1", "after-0": "" };
  const asked = await post(page, `/en/desk/posts/of/${AGENCY}?rule`, { ...step, overriders: POST, deferred: "1" });
  const file = await readFile(`${house.place.data}/keys/registrar.key`, "utf8");
  await page.goto(house.at("/registrations"));
  await expect(await restore(page, file, "")).toHaveAttribute("data-state", "restored");

  const sign = page.locator("form[data-sign-text]");
  const other = (field, text) => (html) => html.replace(new RegExp(`(data-field="${field}"[^>]*>)[^<]*`), (_, before) => before + text);
  const without = (field) => (html) => html.replace(new RegExp(`<(\\w+) data-field="${field}"[^>]*>[^<]*</\\1>`), "");
  // In the order in which members stand: another order says more than is read.
  const saying = (member) => (html) => html.replace(/(data-text[^>]*>[^<]*?)(,"replaces")/, (_, before, next) => before + member + next);
  for (const [what, lie, state = "shown-differs"] of [
    ["another step", other("step", "look")],
    ["another kind of document", other("genre", "notice")],
    ["more posts than must sign", other("count", "2")],
    ["another post", other("taker", `${AGENCY}/minister`)],
    ["nobody who may skip it", without("overrider")],
    ["steps that are logged at once", without("deferred")],
    ["no step of the rule", other("rule", "0")],
    ["a name in another language", other("language", "fr")],
    ["no archive, where the text says so", saying(',"archive":true')],
    ["less than the text says", saying(',"later":true'), "more-said"],
  ]) {
    await page.route(asked, async (route) => {
      const answer = await route.fetch();
      const honest = await answer.text();
      const body = lie(honest);
      expect(body, what).not.toBe(honest);
      await route.fulfill({ response: answer, body });
    });
    await page.goto(asked);
    await sign.getByRole("button").click();
    await expect(sign, what).toHaveAttribute("data-state", state);
    await page.unroute(asked);
  }
  await page.goto(asked);
  await sign.getByRole("button").click();
  await expect(page.locator("h1")).toContainText("Posts of");
});

test.describe("offline", () => {
  // A browser tells of every answer that is no success; one form is refused here.
  test.use({ mayComplain: true });

  test("a registrar signs the file on a machine of their own, and hands it in", async ({ page, house }) => {
    await makeKey(page, house);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "The text as a file" }).click()]);
    const text = await download.path();
    const signed = await run(["registrar", "sign", "--key", `${house.place.data}/keys/registrar.key`, text], house.place);
    expect(signed.code).toBe(0);
    const form = page.locator("form", { hasText: "Or its contents" });
    await form.locator("textarea").fill(signed.out.replace("审批人", "部长"));
    await form.locator("button").click();
    await expect(page.locator(".faults")).toContainText("exactly this text");
    await awake(page);
    await form.locator("input[type=file]").setInputFiles({ name: "signed.txt", mimeType: "text/plain", buffer: Buffer.from(signed.out) });
    await expect(form.locator("textarea")).toHaveValue(/— gazette\.example\/registrar /);
    await form.locator("button").click();
    await expect(page.locator("h1")).toContainText("Posts of");
    await expect(page.locator("main")).toContainText(POST);
  });
});

test("a key that was ended says so in the browser that keeps it", async ({ page, house }) => {
  await makeKey(page, house);
  await register(page);
  const row = page.locator("li", { hasText: POST }).first();
  await row.getByText("End this key").click();
  await row.getByLabel("How it ended").selectOption("lost");
  await row.getByRole("button", { name: "Ask for its end" }).click();
  await register(page);
  await key(page, house);
  await expect(said(page)).toHaveText(`This browser keeps a key for ${POST} that has ended. It signs nothing any more.`);
  await expect(page.locator(".keyrows").first()).toContainText("lost: signs nothing from entry");
});

test.describe("a step", () => {
  let state;

  test.beforeEach(async ({ page, house }) => {
    await makeKey(page, house);
    await register(page);
    state = await caseAt(page, house.server, { frame: house.at(`/posts/key/${POST}`), agency: AGENCY, post: POST });
  });

  const open = (page, house) => page.goto(house.at(`/cases/${CASE}`));
  const signing = (page) => page.locator("form[data-sign]");

  async function sign(page, decision = "Approve", reason = "") {
    await page.getByLabel(decision).check();
    await page.getByLabel("Reason").fill(reason);
    await page.getByRole("button", { name: "Sign", exact: true }).click();
  }

  /** A refusal in the browser: nothing was sent to be logged. */
  async function refused(page, code) {
    await expect(signing(page)).toHaveAttribute("data-state", code);
    await expect(signing(page).locator(".said")).not.toBeEmpty();
    expect(state.sent).toEqual([]);
  }

  /** The page that comes back by itself once a step is taken. */
  async function cameBack(page) {
    await expect(signing(page)).not.toHaveAttribute("data-state", /./);
    await awake(page);
  }

  const entryOf = async (house, index) => Buffer.from(await (await fetch(`${house.server.url}/log/entry/${index}`)).arrayBuffer());

  test("is signed about what the page shows, taken by the log, and opened by what was sent with it", async ({ page, house }) => {
    await open(page, house);
    await sign(page, "Reject", "The sums are wrong.\nSee line 2.");
    await expect.poll(() => state.sent.length).toBe(1);
    await expect(page.locator("h1").first()).toHaveText("The budget");
    const [{ note, opening, reason, token }] = state.sent;
    expect(token).toBeTruthy();
    // It stands in the log, under the post's own name, and says nothing but a commitment.
    const newest = async () => {
      const size = Number((await (await fetch(`${house.server.url}/log/checkpoint`)).text()).split("\n")[1]);
      return (await entryOf(house, size - 1)).toString();
    };
    // What was sent is on its way there.
    await expect.poll(async () => (await newest()).endsWith(note)).toBe(true);
    expect(note).toContain(`\n\n— ${POST} `);
    const step = JSON.parse(note.split("\n")[1]);
    expect(step).toMatchObject({ type: "step", agency: AGENCY, case: CASE });
    expect(note + opening.text).not.toContain("sums");
    const committed = (label, salt, text) => `sha256:${createHash("sha256").update(label).update(Buffer.from(salt, "hex")).update(text).digest("hex")}`;
    expect(step.commitment).toBe(committed("gazette/v1 content\n", opening.salt, opening.text));
    const decision = JSON.parse(opening.text);
    expect(decision).toMatchObject({ code: "sign", decision: "reject" });
    expect(decision.core).toBe(committed("gazette/v1 core\n", decision.salt, state.shown.line));
    expect(reason.text).toBe("The sums are wrong.\nSee line 2.");
    expect(decision.reason).toBe(committed("gazette/v1 content\n", reason.salt, reason.text));
    await cameBack(page);
  });

  test("about another text than the page shows is refused in the browser", async ({ page, house }) => {
    state.asked = paper(AGENCY, "The budget", "It is not in order.");
    await open(page, house);
    await sign(page);
    await refused(page, "other-core");
    // A server that alters page and answer alike, but not what is to be read.
    state.shown = { ...state.shown, digest: state.asked.digest };
    await open(page, house);
    await sign(page);
    await refused(page, "shown-differs");
  });

  for (const [what, alter, code] of [
    ["for another case", { said: (said) => ({ ...said, case: "52".repeat(16) }) }, "other-case"],
    ["for another agency", { said: (said) => ({ ...said, agency: "gazette.example/health" }) }, "other-case"],
    ["for another chain", { said: (said) => ({ ...said, origin: "other.example/log" }) }, "other-chain"],
    ["under another rule", { said: (said) => ({ ...said, rule: Buffer.alloc(32, 8).toString("base64") }) }, "other-rule"],
    ["with a part left out", { said: (said) => ({ ...said, parts: said.parts.slice(0, 2) }) }, "missing"],
    ["with a part altered", { part: ({ bytes }) => bytes.replace("1,2", "1,3") }, "missing"],
    ["with a part from elsewhere", { said: (said) => ({ ...said, parts: said.parts.map((part) => ({ ...part, address: "https://other.example/" })) }) }, "answer"],
    ["with a salt that is none", { said: (said) => ({ ...said, parts: said.parts.map((part) => ({ ...part, salt: "0" })) }) }, "answer"],
    ["behind a step that is none", { said: (said) => ({ ...said, previous: { index: 1, leaf: "x" } }) }, "answer"],
  ]) {
    test(`that the server asks to sign ${what} is refused in the browser`, async ({ page, house }) => {
      state.alter = alter;
      await open(page, house);
      await sign(page);
      await refused(page, code);
    });
  }

  for (const [what, alter] of [
    ["the title", (title) => (title.textContent = "Another title")],
    ["the text", () => (document.querySelector(".prose p").textContent = "It is in good order.")],
    ["a word that is hidden", () => document.querySelector(".prose p").append(Object.assign(document.createElement("span"), { hidden: true, textContent: "not" }))],
    ["the list of files", () => document.querySelector(".parts li").remove()],
    ["a file's name", () => (document.querySelector(".parts bdi").textContent = "Other.csv")],
    ["a file's link", () => (document.querySelector(".parts a").href = "/elsewhere")],
  ]) {
    test(`is not signed on a page on which ${what} is another`, async ({ page, house }) => {
      await open(page, house);
      await page.locator("[data-frozen] [data-field=title]").evaluate(alter);
      await sign(page);
      await refused(page, "shown-differs");
    });
  }

  test("needs a decision, a reason where it rejects, and the key", async ({ page, house }) => {
    await open(page, house);
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    await refused(page, "no-decision");
    await sign(page, "Reject");
    await refused(page, "no-reason");
    await page.evaluate(() => new Promise((resolve) => Object.assign(indexedDB.deleteDatabase("gazette-keys"), { onsuccess: resolve })));
    await sign(page);
    await refused(page, "no-key");
  });

  test.describe("that the log does not take", () => {
    // A browser tells of every answer that is no success.
    test.use({ mayComplain: true });

    test("is signed anew behind one that came between, once", async ({ page, house }) => {
      await open(page, house);
      await sign(page);
      await expect.poll(() => state.sent.length).toBe(1);
      await cameBack(page);
      const size = Number((await (await fetch(`${house.server.url}/log/checkpoint`)).text()).split("\n")[1]);
      state.newest = { index: size - 1, leaf: leaf(await entryOf(house, size - 1)) };
      await sign(page);
      await expect.poll(() => state.sent.length).toBe(3);
      const steps = state.sent.map(({ note }) => JSON.parse(note.split("\n")[1]));
      expect(steps.map(({ previous }) => previous)).toEqual([undefined, undefined, state.newest]);
      // Nothing of the one that was refused is used again.
      expect(steps[2].id).not.toBe(steps[1].id);
      expect(state.sent[2].opening.salt).not.toBe(state.sent[1].opening.salt);
      expect(state.signs).toBe(3);
      await cameBack(page);
    });

    test("is taken of no key that was ended", async ({ page, house }) => {
      await page.goto(house.at(`/posts/of/${AGENCY}`));
      const row = page.locator("li", { hasText: POST }).first();
      await row.getByText("End this key").click();
      await row.getByLabel("How it ended").selectOption("lost");
      await row.getByRole("button", { name: "Ask for its end" }).click();
      await register(page);
      await open(page, house);
      await sign(page);
      await expect(signing(page)).toHaveAttribute("data-state", "unknown-key");
      await expect(signing(page).locator(".said")).toHaveText(/signs nothing any more/);
    });
  });
});

/** A document that somebody else wrote and submitted, under a rule that asks for this post, which is in the first account's hands. */
async function submitted(page, house, browser) {
  hire(house.place, "author", [["drafter", AGENCY]]);
  const [{ id: officer }] = staffSql(house.place, "select id from accounts where login = 'first'");
  await post(page, `/en/desk/posts/key/${POST}?holder`, { give: officer });
  const rule = { "code-0": "approve", "genre-0": "*", "count-0": "1", "posts-0": POST, "after-0": "", overriders: "" };
  await page.goto(await post(page, `/en/desk/posts/of/${AGENCY}?rule`, rule));
  await register(page);

  const desk = await browser.newContext();
  const author = await desk.newPage();
  await signIn(author, house.server, "author");
  await author.goto(house.at("/drafts"));
  const draft = await post(author, "/en/desk/drafts", { agency: AGENCY, kind: "disclosure" });
  const written = { title: "Lantern notice", genre: "notice", language: "en", issued: "2026-03-01", body: "# Lanterns\n\nAll of them are **lit**.\n" };
  await post(author, draft, { revision: "1", do: "save", ...written });
  const filed = await post(author, `${draft}/submit`, { revision: "2", day: "", hour: "" });
  await author.goto(filed);
  await expect(author.locator("form[data-sign]"), "nobody approves what they wrote").toHaveCount(0);
  await desk.close();
  return filed;
}

/** What became of it, as readers see it: published, and approved. */
async function published(page) {
  const link = page.locator('main a[href*="/en/disclosures/"]').first();
  await expect(async () => {
    await page.reload();
    await expect(link).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await link.click();
  await expect(page.locator("html[data-checked]")).toHaveAttribute("data-checked", "done");
  for (const code of ["C5", "C6", "C7"]) {
    await expect(page.locator(`.checks details[data-code="${code}"]`)).toHaveAttribute("data-check", "holds");
  }
}

test("a document is written by one officer, signed with another's post, and published with what the public checks", async ({ page, house, browser }) => {
  await makeKey(page, house);
  await register(page);
  await page.goto(await submitted(page, house, browser));
  const form = page.locator("form[data-sign][data-steps]");
  // What comes back is another document than the page shows.
  await page.route("**/sign?code=approve", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('\\"genre\\":\\"notice\\"', '\\"genre\\":\\"order\\"') });
  });
  await form.locator("input[value=approve]").check();
  await form.locator("button").click();
  await expect(form).toHaveAttribute("data-state", "other-core");
  await page.unroute("**/sign?code=approve");
  // A word of the text is another than the one that would be signed.
  await page.locator(".prose strong").evaluate((word) => (word.textContent = "out"));
  await form.locator("button").click();
  await expect(form).toHaveAttribute("data-state", "shown-differs");
  await page.reload();
  await form.locator("input[value=approve]").check();
  await taken(page, () => form.locator("button").click());
  await published(page);
});

test("a step is signed on a machine of the officer's own, by files", async ({ page, house, browser }) => {
  const at = (name) => `${house.place.path}/${name}`;
  await run(["post", "key", "--out", at("approver.key"), "--name", POST], house.place);
  await page.goto(house.at(`/posts/key/${POST}?agency=${AGENCY}&zh=审批人&en=Approver`));
  await page.getByLabel("Proof that you have the key").fill(await proof(page, house, at("approver.key")));
  await page.getByRole("button", { name: "Have it registered" }).click();
  await register(page);
  await page.goto(await submitted(page, house, browser));
  await page.getByText("Sign on a machine of your own").click();
  const save = page.getByRole("link", { name: "Save what is to be signed" });
  const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
  await download.saveAs(at("step.json"));
  const signed = await run(["post", "sign", "--key", at("approver.key"), "--decision", "approve", at("step.json")], house.place);
  expect(signed.code, signed.out).toBe(0);
  expect(signed.out).toContain('title: "Lantern notice"');
  expect(signed.out).toContain('genre: "notice"');
  const file = { name: "signed.json", mimeType: "application/json", buffer: Buffer.from(signed.out.split("\n").findLast((line) => line.startsWith("{"))) };
  const form = page.locator(".elsewhere form");
  await form.locator("input[type=file]").setInputFiles(file);
  await form.getByRole("button", { name: "Hand it in" }).click();
  await expect(page.locator("li[data-decision=approve]").first()).toBeVisible();
  await published(page);
});

// Officers of one agency, each in a browser of their own.
const office = base.extend({ house: officers, mayComplain: true });

/** Once the case that somebody has before them is published, the address of what readers see. */
async function address(page, url) {
  await expect(async () => {
    await page.goto(url);
    await expect(page.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  return page.getByRole("link", { name: "See it as readers do" }).evaluate((link) => link.href);
}

office("wrong role: a reviewer is offered no sign-off, and a forged hand-in is refused", async ({ house }) => {
  office.setTimeout(240_000);
  const author = await house.enter("author");
  const lawyer = await house.enter("lawyer", [["reviewer", AGENCY]]);
  await keyOf(lawyer, house, "lawyer", "lawyer");
  const director = await house.enter("director", [["approver", AGENCY]]);
  const carried = carriedOff(await keyOf(director, house, "director", "director"));
  // The director's post lies in the hands of two who only review.
  const rui = await house.enter("rui", [["reviewer", AGENCY]]);
  for (const login of ["lawyer", "rui"]) house.hold(login, "director");
  await ruled(house, [["legal", 1, ["lawyer"]], ["sign", 1, ["director"], "legal"]], ["director"]);
  await begin(author, house);
  const url = await submit(author);
  await lawyer.goto(url);
  await expect(lawyer.locator("form.sign")).toHaveCount(1);
  await expect(lawyer.locator("form.sign")).toHaveAttribute("data-code", "legal");
  await expect(lawyer.locator("form.sign [value=override]")).toHaveCount(0);
  await rui.goto(url);
  await expect(rui.locator("form.sign")).toHaveCount(0);
  await approved(lawyer, url);

  await director.goto(url);
  await expect(director.locator("form.sign")).toHaveAttribute("data-code", "sign");
  for (const reviewer of [lawyer, rui]) {
    await reviewer.goto(url);
    await expect(reviewer.locator("form.sign[data-code=sign]")).toHaveCount(0);
  }
  // The director's page, and the very key, in the browser of one of them.
  await unmoved(house, async () => {
    for (const [lang, decision, button, why] of [
      ["en", "Approved", "Sign", "Your role does not take this step."],
      ["zh", "同意", "签名", "您的职责不含这一步"],
    ]) {
      await shownAs(rui, director, url.replace("/en/", `/${lang}/`));
      if (lang === "en") await putKey(rui, carried);
      const form = await signs(rui, decision, button);
      await expect(form).toHaveAttribute("data-state", "role");
      await expect(form.locator(".said")).toContainText(why);
    }
  });
  await approved(director, url);
  await address(author, url);
});

office("where no rule asks anybody, whoever publishes what they wrote is told so, and the public page says it", async ({ house, page }) => {
  const editor = await house.enter("editor", [["drafter", AGENCY], ["publisher", AGENCY]]);
  await begin(editor, house);
  const url = await submit(editor);
  await editor.goto(url.replace("/en/", "/zh/"));
  await expect(editor.locator(".acts")).toContainText("公开页面将写明：没有规则要求审批，也未经审批。");
  await editor.goto(url);
  await expect(editor.locator(".acts")).toContainText("Its public page will say that no approval was asked for, and none was given.");
  await press(editor, editor.getByRole("button", { name: "Publish", exact: true }));
  const published = await address(editor, url);
  for (const [lang, says] of [
    ["en", "No rule asked for an approval of this, and none was given."],
    ["zh", "没有规则要求审批，也未经审批。"],
  ]) {
    await checked(page, published.replace("/en/", `/${lang}/`));
    await expect(panel(page, "C6")).toHaveAttribute("data-check", "none");
    await expect(panel(page, "C6")).toContainText(says);
  }
});
