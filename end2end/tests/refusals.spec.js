// What is refused at the desk, to people in browsers of their own: what each of them reads, and that nothing was published or logged.
import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from "node:crypto";
import { createServer } from "node:http";
import { PASSWORD, signIn } from "../people.js";
import { AGENCY, OTHER, awake, begin, carriedOff, house, keyOf, press, putKey, ruled, shownAs, sign, signed, submit, unmoved } from "../officers.js";
import { expect, test as base } from "../fixtures.js";

const test = base.extend({ house, mayComplain: true });

test("nobody approves what they wrote: not with a post, nor with the page of another officer", async ({ house }) => {
  test.setTimeout(180_000);
  const anna = await house.enter("anna", [["approver", AGENCY], ["drafter", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  const bo = await house.enter("bo", [["approver", AGENCY]]);
  await keyOf(bo, house, "bo", "director");
  await ruled(house, [["legal", 1, ["legal", "director"]]]);
  await begin(anna, house);
  const url = await submit(anna);
  await expect(anna.locator("main")).toContainText("You wrote some of this, so you cannot approve it.");
  await expect(anna.locator("form.sign")).toHaveCount(0);
  await anna.goto(url.replace("/en/", "/zh/"));
  await expect(anna.locator("main")).toContainText("您参与了起草");

  await bo.goto(url);
  await unmoved(house, async () => {
    for (const [lang, said, decision, button] of [
      ["en", "Nobody approves what they wrote.", "Approved", "Sign"],
      ["zh", "不能审批自己起草的文件。", "同意", "签名"],
    ]) {
      const at = url.replace("/en/", `/${lang}/`);
      // Bo's page names the director's post: Anna names her own.
      await shownAs(anna, bo, at);
      await anna.locator("form.sign").evaluate((form, post) => {
        form.dataset.post = post;
        form.elements.post.value = post;
      }, `${AGENCY}/legal`);
      const form = await sign(anna, decision, button);
      await expect(form).toHaveAttribute("data-state", "own-draft");
      await expect(form.locator(".said")).toHaveText(said);
    }
  });
  // The same step by somebody who did not write is taken.
  await signed(bo, url);
  await expect(async () => {
    await bo.goto(url);
    await expect(bo.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
});

test("an approval counts no more once a part has changed, and a page of the earlier text signs nothing", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const officers = {};
  for (const [login, post, role] of [["anna", "legal", "reviewer"], ["dong", "director", "approver"]]) {
    officers[login] = await house.enter(login, [[role, AGENCY]]);
    await keyOf(officers[login], house, login, post);
  }
  await ruled(house, [["legal", 1, ["legal"]], ["sign", 1, ["director"], "legal"]]);
  await begin(author, house);
  const url = await submit(author);
  await signed(officers.anna, url);
  // The director has the approved text before them; one word of it changes meanwhile.
  await officers.dong.goto(url);
  await expect(officers.dong.locator("form.sign")).toHaveCount(1);
  await author.goto(url);
  await author.getByRole("button", { name: "Take back and write on" }).click();
  await author.getByLabel("Text", { exact: true }).fill("All of them are **dark**.");
  expect(await submit(author)).toBe(url);

  await unmoved(house, async () => {
    const form = await sign(officers.dong);
    await expect(form).toHaveAttribute("data-state", "other-core");
    await expect(form.locator(".said")).toContainText("Nothing was signed. Load the page again");
    // Loaded again, it is not theirs yet: the approval was of another text.
    await officers.dong.goto(url);
    await expect(officers.dong.locator("form.sign")).toHaveCount(0);
    await expect(officers.dong.locator("main")).toContainText("about an earlier text or rule; counts no more");
    await officers.dong.goto(url.replace("/en/", "/zh/"));
    await expect(officers.dong.locator("main")).toContainText("针对先前的文字或规则");
    await author.goto(url);
    await expect(author.locator(".stand")).toContainText("Waits for approval");
  });
});

test("a rule that changes between the last step and publication stops it, and says so", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const anna = await house.enter("anna", [["approver", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  const bo = await house.enter("bo", [["approver", AGENCY]]);
  await keyOf(bo, house, "bo", "director");
  await ruled(house, [["legal", 1, ["legal"]]]);
  await begin(author, house);
  await author.getByRole("button", { name: "Save and submit for approval" }).click();
  await author.locator("[name=day]").fill("2199-01-01");
  await author.locator("[name=hour]").fill("08:00");
  await author.getByRole("button", { name: "Submit for approval", exact: true }).click();
  await expect(author.locator(".stand")).toContainText("Waits for approval");
  const url = author.url();
  await anna.goto(url);
  await signed(anna, url);
  await author.goto(url);
  await expect(author.locator(".stand")).toContainText("Approved; to be published");
  await bo.goto(url);
  await expect(bo.locator("form.sign")).toHaveCount(0);

  await ruled(house, [["legal", 1, ["legal"]], ["sign", 1, ["director"]]]);
  await unmoved(house, async () => {
    // Its time comes.
    await author.goto(url);
    await author.getByText("Change when it is published").click();
    await author.locator("[name=day]").fill("");
    await author.locator("[name=hour]").fill("");
    await press(author, author.getByRole("button", { name: "Set this time" }));
    await expect(async () => {
      await author.goto(url);
      await expect(author.locator(".faults")).toContainText("Your agency was registered anew since it was approved", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(author.locator(".faults h2")).toHaveText("It was not published");
    await author.goto(url.replace("/en/", "/zh/"));
    await expect(author.locator(".faults")).toContainText("规则");
  });
  expect(house.sql("select state from frozen").map(({ state }) => state)).toEqual(["open"]);
});

test("a step signed on a page from before the rule changed is not taken", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const anna = await house.enter("anna", [["approver", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  await ruled(house, [["legal", 1, ["legal"]]]);
  await begin(author, house);
  const url = await submit(author);
  await anna.goto(url);
  await expect(anna.locator("form.sign")).toHaveCount(1);
  const zh = await anna.context().newPage();
  await zh.goto(url.replace("/en/", "/zh/"));
  await ruled(house, [["legal", 1, ["legal"]], ["sign", 1, ["legal"]]]);
  await unmoved(house, async () => {
    const form = await sign(anna);
    await expect(form).toHaveAttribute("data-state", "other-rule");
    await expect(form.locator(".said")).toHaveText("The rule has changed since this page was loaded. Nothing was signed. Load the page again.");
    await expect((await sign(zh, "同意", "签名")).locator(".said")).toHaveText("页面打开后规则已变，未签名。请重新载入页面。");
  });
});

test("whoever holds no post, or only drafts, signs nothing, even with its key and an officer's page; an auditor changes nothing", async ({ house }) => {
  test.setTimeout(240_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const anna = await house.enter("anna", [["approver", AGENCY]]);
  const key = carriedOff(await keyOf(anna, house, "anna", "legal"));
  await ruled(house, [["legal", 1, ["legal"]]]);
  await begin(author, house);
  const url = await submit(author);
  await anna.goto(url);
  await expect(anna.locator("form.sign")).toHaveCount(1);

  // The key itself, in the browser of a colleague who is no officer, of an auditor, and of one whose post it is, but who only drafts.
  const why = {
    "not-holder": ["This post is not in your hands.", "此岗位不由您担任。"],
    role: [
      "Your role does not take this step. A reviewer takes those that another step waits for; the last, and every override, are for an approver.",
      "您的职责不含这一步：审核人员办理其后另有步骤的各步；最后的步骤和越过步骤，须由签批人员办理。",
    ],
  };
  for (const [login, roles, code] of [
    ["stranger", [["reviewer", AGENCY]], "not-holder"],
    ["auditor", [["auditor", ""]], "not-holder"],
    ["typist", [["drafter", AGENCY]], "role"],
  ]) {
    const who = await house.enter(login, roles);
    if (login === "typist") house.hold(login, "legal");
    await who.goto(url);
    await expect(who.locator("h1").first()).toHaveText("Lanterns of the old town");
    await expect(who.locator("form.sign")).toHaveCount(0);
    await unmoved(house, async () => {
      for (const [lang, decision, button, said, none] of [
        ["en", "Approved", "Sign", why[code][0], "keeps no key"],
        ["zh", "同意", "签名", why[code][1], "没有"],
      ]) {
        await shownAs(who, anna, url.replace("/en/", `/${lang}/`));
        if (lang === "en") {
          await expect((await sign(who, decision, button)).locator(".said")).toContainText(none);
          await putKey(who, key);
        }
        const form = await sign(who, decision, button);
        await expect(form).toHaveAttribute("data-state", code);
        await expect(form.locator(".said")).toHaveText(said);
      }
    });
  }
});

test("another agency's draft is nowhere: not on a page, in a list or a file, not for scripts, nor for programs", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const anna = await house.enter("anna", [["approver", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  await ruled(house, [["legal", 1, ["legal"]]]);
  const secret = "Unspeakable lanterns";
  const draft = await begin(author, house, { title: secret, text: "Nobody outside reads of these kettles." });
  await awake(author);
  await author.locator("#files").setInputFiles({ name: "secret.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
  await expect(author.locator("[data-came]")).toHaveText("secret.csv was added.");
  const file = house.sql(`select id from draft_files where draft = '${draft}'`)[0].id;
  // One file more, that is on its way still.
  const upload = await author.evaluate(async (at) => {
    const token = document.querySelector("[data-editor]").dataset.token;
    const body = JSON.stringify({ name: "more.csv", size: 600_000, digest: "0".repeat(64) });
    const answer = await fetch(at, { method: "POST", headers: { "x-gazette-token": token, "content-type": "application/json" }, body });
    return (await answer.json()).id ?? (await answer.text());
  }, `/desk/drafts/${draft}/uploads`);
  expect(upload).toMatch(/^[0-9a-f]{32}$/);
  const url = await submit(author);
  const id = url.split("/").at(-1);
  const part = house.sql("select commitment from frozen_parts")[0].commitment;
  const open = await begin(author, house, { title: secret });

  const zhao = await house.enter("zhao", ["drafter", "reviewer", "approver", "publisher", "administrator"].map((role) => [role, OTHER]));
  const nothing = "f".repeat(32);
  /** What an address answers, with the ids in it made alike. */
  const ask = (path, how = {}) =>
    zhao.evaluate(
      async ([path, { method = "GET", fields, json }]) => {
        const token = document.querySelector("input[name=token]").value;
        const headers = { "x-gazette-token": token, ...(json && { "content-type": "application/json" }) };
        const body = json ? JSON.stringify(json) : fields && new URLSearchParams({ ...fields, token });
        const answer = await fetch(path, { method, headers, body, redirect: "manual" });
        return { status: answer.status, type: answer.headers.get("content-type"), said: await answer.text() };
      },
      [path, how],
    );
  const alike = ({ status, type, said }) => ({ status, type, said: said.replaceAll(new RegExp([draft, open, id, file, upload, part, nothing].join("|"), "g"), "…") });
  await zhao.goto(house.at("/drafts"));
  await expect(zhao.locator("main")).not.toContainText(secret);
  await zhao.goto(house.at(""));
  await expect(zhao.locator("main")).not.toContainText(secret);
  await expect(zhao.locator("main")).toContainText("Nothing waits for you.");

  // A page that is not theirs says what a page that is not there says.
  await zhao.goto(house.at(`/drafts/${nothing}`));
  const [title, said] = [await zhao.locator("h1").textContent(), await zhao.locator("main").textContent()];
  for (const path of [`/drafts/${open}`, `/drafts/${draft}`, `/cases/${id}`]) {
    expect((await zhao.goto(house.at(path))).status(), path).toBe(404);
    await expect(zhao.locator("h1")).toHaveText(title);
    expect(await zhao.locator("main").textContent(), path).toBe(said);
    expect((await zhao.goto(house.at(path, "zh"))).status(), path).toBe(404);
    await expect(zhao.locator("h1")).toContainText("没有");
  }
  await zhao.goto(house.at("/drafts"));
  await unmoved(house, async () => {
    const before = JSON.stringify(house.sql("select * from drafts order by id"));
    const step = { note: "x", opening: { salt: "0", text: "{}" } };
    for (const [path, how] of [
      [(d) => `/en/desk/drafts/${d}/submit`, {}],
      [(d) => `/en/desk/drafts/${d}`, { method: "POST", fields: { title: "Mine", do: "save", revision: "1" } }],
      [(d) => `/en/desk/drafts/${d}`, { method: "POST", fields: { do: "drop", revision: "1" } }],
      [(d) => `/en/desk/drafts/${d}/submit`, { method: "POST", fields: { revision: "1" } }],
      [(d) => `/en/desk/drafts/${d}/files/${d === nothing ? nothing : file}`, {}],
      [(d) => `/en/desk/drafts/${d}/files/${d === nothing ? nothing : file}`, { method: "POST", fields: {} }],
      [(d) => `/desk/drafts/${d}/save`, { method: "POST", fields: { title: "Mine", revision: "1" } }],
      [(d) => `/desk/drafts/${d}/preview`, { method: "POST", fields: { body: "Mine" } }],
      [(d) => `/desk/drafts/${d}/revision`, {}],
      [(d) => `/desk/drafts/${d}/uploads`, {}],
      [(d) => `/desk/drafts/${d}/uploads`, { method: "POST", json: { name: "x.csv", size: 4, digest: "0".repeat(64) } }],
      [(d) => `/desk/drafts/${d}/uploads/${d === nothing ? nothing : upload}`, {}],
      [(d) => `/desk/drafts/${d}/uploads/${d === nothing ? nothing : upload}`, { method: "DELETE" }],
      [(d) => `/desk/drafts/${d}/uploads/${d === nothing ? nothing : upload}`, { method: "PATCH" }],
    ]) {
      const none = alike(await ask(path(nothing), how));
      for (const theirs of [draft, open]) expect(alike(await ask(path(theirs), how)), path(theirs)).toEqual(none);
      expect(none.status).toBe(404);
    }
    for (const [path, how] of [
      [(c) => `/en/desk/cases/${c}/parts/${part}`, {}],
      [(c) => `/desk/cases/${c}/parts/${part}`, {}],
      [(c) => `/desk/cases/${c}/sign?code=legal`, {}],
      [(c) => `/desk/cases/${c}/steps`, { method: "POST", json: step }],
      [(c) => `/en/desk/cases/${c}/withdraw`, { method: "POST", fields: {} }],
      [(c) => `/en/desk/cases/${c}/release`, { method: "POST", fields: {} }],
      [(c) => `/en/desk/cases/${c}/due`, { method: "POST", fields: { day: "2199-01-01", hour: "08:00" } }],
    ]) {
      const none = alike(await ask(path(nothing), how));
      expect(alike(await ask(path(id), how)), path(id)).toEqual(none);
      expect(none.status).toBe(404);
    }
    // Nobody begins a draft in another agency's name, nor reads its content at a public address.
    expect((await ask("/en/desk/drafts", { method: "POST", fields: { kind: "disclosure", agency: AGENCY } })).status).toBe(404);
    const published = /sha256:[0-9a-f]{64}/.exec(await (await fetch(`${house.server.url}/log/entry/53`)).text())[0];
    const parts = house.sql("select commitment from frozen_parts").map(({ commitment }) => commitment);
    expect(parts.length).toBeGreaterThanOrEqual(3);
    for (const [some, status] of [[[published], 200], [parts, 404]]) {
      for (const path of some.flatMap((one) => [`/content/${one}`, `/content/${one}.salt`])) {
        expect((await fetch(`${house.server.url}${path}`)).status, path).toBe(status);
      }
    }
    // Nor does a search find it: not by a word that it shares with something published, which is found, nor by its own.
    const search = async (lang, words) => {
      const answer = await fetch(`${house.server.url}/${lang}/search?q=${words}`);
      expect(answer.status).toBe(200);
      return answer.text();
    };
    for (const lang of ["en", "zh"]) {
      await expect.poll(() => search(lang, "kettles")).toContain(`/${lang}/disclosures/53"`);
      for (const words of ["kettles", "Unspeakable"]) expect(await search(lang, words), words).not.toMatch(/Unspeakable lanterns|Nobody outside/);
      expect(await search(lang, "Unspeakable")).not.toContain("/disclosures/");
    }

    // Programs: a token of the other agency.
    await house.admin.goto(house.at(`/machines/of/${OTHER}`));
    await house.admin.locator("#name").fill("Records system");
    for (const scope of ["read", "draft", "submit", "publish"]) await house.admin.locator(`#scope-${scope}`).check();
    await house.admin.getByRole("button", { name: "Make the token" }).click();
    const token = await house.admin.locator(".once code").textContent();
    const call = async (method, path, body) => {
      const answer = await fetch(`${house.server.url}/api/v1/drafts${path}`, { method, body, headers: { authorization: `Bearer ${token}` } });
      return alike({ status: answer.status, type: answer.headers.get("content-type"), said: await answer.text() });
    };
    expect((await call("GET", "")).said).not.toContain(secret);
    for (const [method, path, body] of [
      ["GET", (d) => `/${d}`],
      ["POST", (d) => `/${d}/files?name=x.csv`, "a,b\n"],
      ["POST", (d) => `/${d}/submit`, "{}"],
      ["POST", (d) => `/${d}/withdraw`],
      ["POST", (d) => `/${d}/publish`],
    ]) {
      const none = await call(method, path(nothing), body);
      for (const theirs of [draft, open]) expect(await call(method, path(theirs), body), `${method} ${path(theirs)}`).toEqual(none);
      expect(none.status).toBe(404);
      expect(JSON.parse(none.said)).toMatchObject({ code: "nothing", title: expect.stringMatching(/\w/), title_zh: expect.stringMatching(/[一-龥]/) });
    }
    expect(JSON.stringify(house.sql("select * from drafts order by id"))).toBe(before);
  });
});

/** A statement signed by a key, as whoever has the key may write it. */
function note(text, { name, pkcs8 }) {
  const key = createPrivateKey({ key: Buffer.from(pkcs8, "base64"), format: "der", type: "pkcs8" });
  const raw = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x, "base64url");
  const hash = createHash("sha256").update(`${name}\n`).update(Buffer.from([1])).update(raw).digest().subarray(0, 4);
  return `${text}\n— ${name} ${Buffer.concat([hash, signBytes(null, Buffer.from(text), key)]).toString("base64")}\n`;
}

test("a forged step, one of another case and one that was taken before are refused, each with its sentence", async ({ house }) => {
  test.setTimeout(240_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const anna = await house.enter("anna", [["approver", AGENCY]]);
  const key = carriedOff(await keyOf(anna, house, "anna", "legal"));
  const bo = await house.enter("bo", [["approver", AGENCY]]);
  const bos = carriedOff(await keyOf(bo, house, "bo", "director"));
  await ruled(house, [["legal", 2, ["legal", "director"]]]);
  await begin(author, house);
  const first = await submit(author);
  await begin(author, house, { title: "Bridges" });
  const second = await submit(author);

  /** Signs on a page, with what is handed in altered on its way; answers what was to be handed in. */
  const handedIn = async (page, url, alter, said, code, [decision, button] = ["Approved", "Sign"]) => {
    await page.goto(url);
    let sent;
    const change = async (route) => {
      sent = route.request().postDataJSON();
      await route.continue({ postData: JSON.stringify(alter(structuredClone(sent))) });
    };
    await page.route("**/steps", change);
    await unmoved(house, async () => {
      const form = await sign(page, decision, button);
      // Where another step came between, the page tries seven times, with pauses, before it says so.
      await expect(form).toHaveAttribute("data-state", code, { timeout: 60_000 });
      await expect(form.locator(".said")).toHaveText(said);
    });
    await page.unroute("**/steps", change);
    return sent;
  };
  const body = (sent) => sent.note.slice(0, sent.note.indexOf("\n\n") + 1);
  const forged = { name: key.name, pkcs8: bos.pkcs8 };
  const unknown = "This key signs nothing any more, or is not registered. Nothing was logged.";
  const bad = "Its signature does not hold. It was not taken.";

  // Signed by another key under the post's name; by a signature moved to an altered text; and by another post's key.
  const sent = await handedIn(anna, first, (step) => ({ ...step, note: note(body(step), forged) }), unknown, "unknown-key");
  const other = (text) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
  await handedIn(anna, first, (step) => ({ ...step, note: step.note.replace(/"commitment":"sha256:[0-9a-f]/, other) }), bad, "false-signature");
  await handedIn(anna, first, (step) => ({ ...step, note: step.note.replace(/"case":"[0-9a-f]/, other) }), "This is no step of this case. Nothing was logged.", "not-a-step");
  await handedIn(anna, first.replace("/en/", "/zh/"), (step) => ({ ...step, note: note(body(step), forged) }), "此密钥已终止或未登记，未记入。", "unknown-key", ["同意", "签名"]);
  await handedIn(anna, first, (step) => ({ ...step, note: note(body(step), bos) }), "This post is not in your hands.", "not-holder");
  // What was sent along is another decision than the one that was signed.
  await handedIn(anna, first, (step) => ({ ...step, opening: { ...step.opening, text: step.opening.text.replace("approve", "reject") } }), "What was sent along does not open the step. Nothing was logged.", "opening");
  // Of the same document, signed by the right key, and of another case.
  await handedIn(anna, second, () => sent, "This is no step of this case. Nothing was logged.", "not-a-step");
  await handedIn(anna, second.replace("/en/", "/zh/"), () => sent, "这不是本件的审批步骤，未记入。", "not-a-step", ["同意", "签名"]);

  // Taken once, it is not taken again: not by its officer, not as a colleague's, and the log's own door logs it no second time.
  let taken;
  const keep = async (route) => ((taken = route.request().postDataJSON()), route.continue());
  await anna.route("**/steps", keep);
  await signed(anna, first);
  await anna.unroute("**/steps", keep);
  await handedIn(bo, first, () => taken, "Another step was taken meanwhile. Load the page again.", "stale-case");
  await handedIn(bo, first.replace("/en/", "/zh/"), () => taken, "其间已有其他步骤，请重新载入页面。", "stale-case", ["同意", "签名"]);
  await unmoved(house, async () => {
    const again = await fetch(`${house.server.url}/submit`, { method: "POST", body: `${JSON.stringify({ note: taken.note, parts: [] })}\n` });
    const [{ index }] = house.sql("select idx as \"index\" from steps");
    expect(JSON.parse(await again.text())).toMatchObject({ index });
  });
  await author.goto(first);
  await expect(author.locator(".kind")).toContainText("1 of 2");
  await expect(author.locator(".stand")).toContainText("Waits for approval");
});

test("a session that ends in the middle of writing loses no word, with scripts and without, in either language", async ({ house }) => {
  test.setTimeout(240_000);
  const out = (login) => house.sql(`delete from sessions where account = (select id from accounts where login = '${login}')`);
  const plain = await house.enter("plain", [["drafter", AGENCY]], { javaScriptEnabled: false });
  const id = await begin(plain, house);
  for (const [lang, title, said, open] of [
    ["en", "Not saved yet", "You are signed out.", "Sign in in another window"],
    ["zh", "尚未保存", "登录已失效", "在另一窗口登录"],
  ]) {
    await plain.goto(house.at(`/drafts/${id}`, lang));
    const text = `Written for an hour <b>&\n  "in ${lang}"`;
    await plain.locator("#body").fill(text);
    await plain.locator("#summary").fill("Of hours.");
    out("plain");
    await plain.locator("form.draft .ways button").first().click();
    await expect(plain.locator("h1")).toHaveText(title);
    await expect(plain.locator("main")).toContainText(said);
    // All of it, and in a page that stays while they sign in beside it.
    const given = await plain.locator("textarea").evaluateAll((all) => all.map(({ value }) => value));
    for (const typed of [text, "Of hours."]) expect(given).toContain(typed);
    const [door] = await Promise.all([plain.context().waitForEvent("page"), plain.getByRole("link", { name: open }).click()]);
    await expect(door).toHaveURL(/sign-in\?to=/);
    await door.locator("#login").fill("plain");
    await door.locator("#password").fill(PASSWORD);
    await door.locator("form.form button").first().click();
    await expect(door).toHaveURL(new RegExp(`/drafts/${id}$`));
    await door.close();
    expect(house.written(id).summary).toBe("");
  }
  // Signed in again beside it, a form of the session before is not taken, and gives its text back too.
  await plain.goto(house.at(`/drafts/${id}`));
  await plain.locator("#body").fill("Typed before.");
  out("plain");
  const beside = await plain.context().newPage();
  await signIn(beside, house.server, "plain");
  await plain.getByRole("button", { name: "Save", exact: true }).click();
  await expect(plain.locator("main")).toContainText("You have signed in again since this form was loaded");
  await expect(plain.getByLabel("Text", { exact: true })).toHaveValue("Typed before.");
  expect(house.written(id).body).toBe("All of them are **lit**.");

  // A step is not signed for somebody who is signed out, and says so.
  // An officer needs a code of their app at each of these doors.
  const anna = await house.enter("anna", [["approver", AGENCY], ["drafter", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  await ruled(house, [["legal", 1, ["legal"]]]);
  await beside.goto(house.at(`/drafts/${id}`));
  const url = await submit(beside);
  for (const [lang, decision, button, said] of [
    ["en", "Approved", "Sign", "You are no longer signed in. Nothing was signed."],
    ["zh", "同意", "签名", "您已退出登录，未签名。"],
  ]) {
    out("anna");
    await signIn(anna, house.server, "anna");
    await anna.goto(url.replace("/en/", `/${lang}/`));
    await anna.locator("form.sign textarea").fill("A reason, typed at length.");
    out("anna");
    await unmoved(house, async () => {
      const form = await sign(anna, decision, button);
      await expect(form.locator(".said")).toHaveText(said);
      await expect(form.locator("textarea")).toHaveValue("A reason, typed at length.");
    });
  }
});

/** A page of another site, which has whoever opens it send a form to the desk. */
async function elsewhere(address, fields, { sandboxed = false } = {}) {
  const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
  const form = `<form method="post" action="${address}">${inputs.join("")}<button>Win a lantern</button></form>`;
  const html = sandboxed ? `<!doctype html><iframe sandbox="allow-forms allow-top-navigation allow-scripts" srcdoc='${form.replaceAll("'", "&#39;").replace("<form", '<form target="_top"')}'></iframe>` : `<!doctype html>${form}`;
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}

test("what another site has a browser send is not done, nor a form without its session's token", async ({ house }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", [["drafter", AGENCY], ["publisher", AGENCY]]);
  const id = await begin(author, house);
  const token = await author.locator("input[name=token]").first().getAttribute("value");
  const colleague = await house.enter("colleague", [["drafter", AGENCY]]);
  await colleague.goto(house.at("/drafts"));
  const theirs = await colleague.locator("input[name=token]").first().getAttribute("value");
  const drafts = () => JSON.stringify([house.sql("select * from drafts order by id"), house.sql("select id, ended from accounts order by id"), house.sql("select count(*) from sessions")]);
  const before = drafts();
  const en = ["This form is no longer valid", "did not come from this site. Nothing was changed."];
  const zh = ["此表单已失效", "并非由本站提交。未作任何改动。"];

  await unmoved(house, async () => {
    // Even with the very token, which no other site can read; from this machine's other port a browser sends the cookie along.
    for (const [path, fields, [title, said]] of [
      [`/en/desk/drafts/${id}`, { token, do: "drop", revision: "2", title: "Taken over" }, en],
      [`/zh/desk/drafts/${id}`, { token, do: "save", revision: "2", title: "Taken over" }, zh],
      [`/en/desk/drafts/${id}/submit`, { token, revision: "2" }, en],
      ["/zh/desk/sign-out", { token }, zh],
      ["/en/desk/account", { token, do: "end-others" }, en],
      ["/en/desk/sign-in", { login: "author", password: PASSWORD }, en],
    ]) {
      for (const sandboxed of [false, true]) {
        const site = await elsewhere(`${house.server.url}${path}`, fields, { sandboxed });
        await author.goto(site.url);
        await (sandboxed ? author.frameLocator("iframe") : author).locator("button").click();
        await expect(author.locator("h1"), path).toHaveText(title);
        await expect(author.locator("main"), path).toContainText(said);
        await site.stop();
      }
    }
    // By script, without the page being left: nothing comes back to be read, and nothing is done.
    const site = await elsewhere(house.server.url, {});
    await author.goto(site.url);
    for (const path of [`/desk/drafts/${id}/save`, `/en/desk/drafts/${id}`, "/en/desk/sign-out"]) {
      const read = await author.evaluate(
        ([at, token]) =>
          Promise.allSettled([
            fetch(at, { method: "POST", credentials: "include", body: new URLSearchParams({ token, title: "Taken over", revision: "2", do: "drop" }) }),
            fetch(at, { method: "POST", credentials: "include", headers: { "x-gazette-token": token }, body: "title=Taken" }),
          ]).then((all) => all.map(({ status }) => status)),
        [`${house.server.url}${path}`, token],
      );
      expect(read, path).toEqual(["rejected", "rejected"]);
    }
    await site.stop();

    // From the desk's own page: without a token, with another session's, with half of one.
    for (const [lang, [title, said]] of [["en", en], ["zh", zh]]) {
      for (const wrong of ["", theirs, token.slice(0, -1), `${token}0`]) {
        await author.goto(house.at(`/drafts/${id}/submit`, lang));
        await author.locator("main form input[name=token]").first().evaluate((input, value) => (input.value = value), wrong);
        await author.locator("main form button").first().click();
        await expect(author.locator("h1")).toHaveText(title);
        await expect(author.locator("main")).toContainText(said);
      }
    }
    await author.goto(house.at("/drafts"));
    for (const wrong of [undefined, "", theirs]) {
      for (const [path, method] of [[`/desk/drafts/${id}/save`, "POST"], [`/desk/drafts/${id}/preview`, "POST"], [`/desk/drafts/${id}/revision`, "GET"], [`/desk/drafts/${id}/uploads`, "POST"]]) {
        const answer = await author.evaluate(
          async ([path, method, wrong]) => {
            const headers = wrong === undefined ? {} : { "x-gazette-token": wrong };
            const answer = await fetch(path, { method, headers, body: method === "GET" ? undefined : new URLSearchParams({ title: "Taken", revision: "2" }) });
            return [answer.status, await answer.json()];
          },
          [path, method, wrong],
        );
        expect(answer, path).toEqual([403, { refused: "stale" }]);
      }
    }
    expect(drafts()).toBe(before);
  });
  // And the session is still there.
  await author.goto(house.at(`/drafts/${id}`));
  await expect(author.locator(".who")).toContainText("Officer author");
});

const HOSTILE = {
  title: `Plan \u202Efdp.exe\u2066 <script>window.hurt = "title"</script><img src=x onerror="window.hurt = 'title'">`,
  summary: `</textarea><h1 class=hurt>Taken over</h1>"><svg onload="window.hurt = 'summary'">\u200B end`,
  text: [
    "# <script>window.hurt = 'heading'</script>",
    "",
    "[a link](javascript:window.hurt='link') and [another](JaVaScRiPt:window.hurt='link') and <javascript:window.hurt=1>",
    "",
    "![a picture](x:y onerror=window.hurt=1) [data](data:text/html,<script>window.hurt='data'</script>)",
    "",
    "<iframe srcdoc=\"<script>parent.hurt='frame'</script>\"></iframe><form action=//elsewhere.example><input name=token></form>",
    "",
    "</textarea><h1 class=hurt>Taken over</h1><button form=draft name=do value=drop>Go on</button> &lt;b&gt; &amp;amp;",
    "",
    "<style>body{display:none}</style> <base href=//elsewhere.example> \u202Eturned\u202C",
  ].join("\n"),
};

/** Nothing ran, nothing leads out by a script, and what cannot be seen turns nothing. */
async function harmless(page) {
  expect(await page.evaluate(() => window.hurt), page.url()).toBeUndefined();
  const found = await page.evaluate(() => {
    const bad = document.querySelectorAll("main :is(script, iframe, object, embed, base, style, svg[onload], img[onerror], .hurt)");
    const links = [...document.querySelectorAll("a[href], form[action]")].map((one) => one.href || one.action).filter((at) => !/^(https?|mailto):/.test(at));
    return [[...bad].map((one) => one.outerHTML), links, getComputedStyle(document.body).display === "none"];
  });
  expect(found, page.url()).toEqual([[], [], false]);
}

test("hostile input is text: in the editor, in lists, to officers, and to readers where it is published", async ({ house, page }) => {
  test.setTimeout(180_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const anna = await house.enter("anna", [["approver", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  await ruled(house, [["legal", 1, ["legal"]]]);
  const id = await begin(author, house, HOSTILE);
  await awake(author);
  await author.getByLabel("Summary", { exact: true }).fill(HOSTILE.summary);
  await author.getByLabel("Keywords", { exact: true }).fill("<b>bold</b>");
  await author.locator("#files").setInputFiles({ name: `"><img src=x onerror=hurt=1>\u202Efdp.csv`, mimeType: "text/csv", buffer: Buffer.from("=cmd|' /C calc'!A0,b\n") });
  await expect(author.locator("[data-came]")).toContainText("was added");
  // What was typed saves itself.
  await expect(author.locator("[data-saving]")).toHaveAttribute("data-state", "saved");
  await harmless(author);
  for (const lang of ["en", "zh"]) {
    for (const path of [`/drafts/${id}`, "/drafts", "", `/drafts/${id}/submit`]) {
      await author.goto(house.at(path, lang));
      await harmless(author);
    }
  }
  await author.goto(house.at(`/drafts/${id}`));
  await expect(author.getByLabel("Title", { exact: true })).toHaveValue(HOSTILE.title);
  await expect(author.getByLabel("Text", { exact: true })).toHaveValue(HOSTILE.text);
  await expect(author.getByLabel("Summary", { exact: true })).toHaveValue(HOSTILE.summary);
  const url = await submit(author);
  for (const path of ["", "/drafts"]) {
    await anna.goto(house.at(path));
    await expect(anna.locator("main")).toContainText("<script>");
    await harmless(anna);
  }
  await anna.goto(url);
  await harmless(anna);
  // What turns or hides is written out before anybody signs it.
  await expect(anna.locator("[data-frozen] h1 .unseen").first()).toHaveText("U+202E");
  await signed(anna, url);
  await expect(async () => {
    await anna.goto(url);
    await expect(anna.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await harmless(anna);

  const address = await anna.getByRole("link", { name: "See it as readers do" }).getAttribute("href");
  for (const path of [address, address.replace("/en/", "/zh/"), "/en/", "/en/search?q=Plan", "/en/agencies/gazette.example/finance"]) {
    await page.goto(house.server.url + path);
    await expect(page.locator("html[data-checked]")).toBeAttached();
    await harmless(page);
  }
  await page.goto(house.server.url + address);
  await expect(page.locator("h1 .unseen").first()).toHaveText("U+202E");
  await expect(page.locator("details[data-code=C7]")).toHaveAttribute("data-check", "holds");
  const file = await page.locator(".parts a[href*='/content/']").first().getAttribute("href");
  const download = await fetch(new URL(file, house.server.url));
  expect(download.headers.get("content-security-policy")).toContain("sandbox");
});

test("what is too long or holds what no text holds is refused with a sentence, and no word is lost", async ({ house }) => {
  test.setTimeout(120_000);
  const author = await house.enter("author", [["drafter", AGENCY]], { javaScriptEnabled: false });
  const id = await begin(author, house);
  const sent = async (lang, change, value) => {
    await author.goto(house.at(`/drafts/${id}`, lang));
    await author.locator(change).evaluate((field, value) => {
      field.removeAttribute("maxlength");
      field.value = value;
    }, value);
    await press(author, author.locator("form.draft .ways button").first());
  };
  for (const [lang, said] of [["en", "This is too long."], ["zh", "过长"]]) {
    await sent(lang, "#body", "l".repeat(3_000_000));
    await expect(author.locator(".faults")).toContainText(said);
    // It stands in the form still.
    await expect.poll(() => author.locator("#body").evaluate((field) => field.value.length)).toBe(3_000_000);
    // More than a form takes at all.
    await sent(lang, "#body", "l".repeat(5_000_000));
    await expect(author.locator("h1")).toHaveText(lang === "en" ? "This is too long" : "内容过长");
  }
  expect(house.written(id).body).toBe("All of them are **lit**.");

  // A line that is too long is told beside its field, before anybody is asked to approve it.
  await sent("en", "#title", "Lanterns ".repeat(500));
  let revision = await author.locator("[name=revision]").inputValue();
  /** A form as the page that is open would send it, whatever stands in it. */
  const by = async (at, fields) => {
    const token = await author.locator("input[name=token]").first().getAttribute("value");
    // From the page itself: its cookie is sent from nowhere else.
    const post = async ([at, body]) => {
      const answer = await fetch(at, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
      return { status: answer.status, text: await answer.text() };
    };
    return author.evaluate(post, [at, `token=${token}&${fields}`]);
  };
  await author.goto(house.at(`/drafts/${id}/submit`));
  await expect(author.locator("main")).toContainText("This is too long. Put what is long into a file of its own.");
  await unmoved(house, async () => {
    await expect(author.locator("main")).toContainText("It cannot be submitted yet");
    await expect(author.getByRole("button", { name: "Submit for approval" })).toHaveCount(0);
    const asked = await by(house.at(`/drafts/${id}/submit`), `revision=${revision}`);
    expect(asked.status).toBe(422);
    expect(asked.text).toContain("It cannot be submitted yet");
  });
  await sent("en", "#title", "Lanterns");

  // NUL, which neither databases nor readers know as text.
  revision = await author.locator("[name=revision]").inputValue();
  const nul = await by(house.at(`/drafts/${id}`), `revision=${revision}&genre=faq&language=en&title=a%00b&body=c%00d&do=save`);
  expect(nul.status).toBe(200);
  await author.goto(house.at(`/drafts/${id}`));
  expect(await author.locator("#title").inputValue()).not.toContain("\0");
  const url = await submit(author);
  await expect(author.locator("h1").first()).not.toContainText("\0");
  expect(url).toMatch(/\/cases\//);
});
