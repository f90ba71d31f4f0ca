// What readers see of what a key signed that has ended since: retired and lost keys leave everything as it was and sign nothing more;
// of what was signed since a theft nobody says that it holds, nor that it fails.
import { checked, expect, knot, panel, sample, test } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";
import { bring, disclosure, registration, stranger } from "../operator.js";
import { first, give, hire, post, signIn, staffSql } from "../people.js";

const LANTERNS = "gazette.example/lanterns";
const AGENCY = "gazette.example/finance";
const POST = `${AGENCY}/director`;
const PASSPHRASE = "lanterns over a quiet river";

const verdict = (page) => page.locator("[data-verdict]");

/** A portal of the test's own, to whose door statements are brought. */
async function portal(use, prepare = async () => {}) {
  const place = await copyOf(sample());
  const server = await serve(place, { args: ["--no-sample"] });
  const at = (path) => `${server.url}/en${path}`;
  try {
    await prepare(server);
    await use({ place, server, at });
  } finally {
    await server.stop();
    await place.remove();
  }
}

/** Brings a registration or a document; answers its index, or why it was refused. */
async function submit(server, note, parts = []) {
  const body = `${JSON.stringify({ note, parts })}\n`;
  return JSON.parse(await (await fetch(`${server.url}/submit`, { method: "POST", body })).text());
}

/** A page of an item whose checks of this code holds, and which raises no alarm. */
async function holds(page, address, code) {
  await checked(page, address);
  await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
  await expect(page.locator("html")).not.toHaveAttribute("data-checked", "fails");
  await expect(page.locator(".alarm")).toBeHidden();
  await expect(verdict(page)).not.toContainText("stolen");
}

/** One whose check can neither hold nor fail. */
async function stolen(page, address, code, since) {
  await checked(page, address);
  await expect(panel(page, code)).toHaveAttribute("data-check", "unknown");
  await expect(panel(page, code)).toHaveAttribute("data-reason", "key-stolen");
  await expect(panel(page, code).locator(".answer")).toHaveText("Signed with a key later reported stolen.");
  await expect(verdict(page)).toContainText("later reported stolen");
  await expect(verdict(page)).toContainText("nobody can tell from here");
  await expect(page.locator(".judgement")).toHaveAttribute("data-check", "unknown");
  await expect(page.locator(".alarm")).toBeHidden();
  if (since !== undefined) {
    await panel(page, code).locator("summary").click();
    await expect(panel(page, code)).toContainText(`Reported stolen from entry${since}`);
  }
}

test.describe("a seal", () => {
  test.slow();

  const seal = () => stranger(LANTERNS);
  const ended = (key, how, at, custody = "portal") => ({ key: key.vkey, custody, ended: { how, at } });
  const good = (key, custody = "portal") => ({ key: key.vkey, custody });
  const registered = (place, seals) => registration(place, LANTERNS, [], { seals });
  const paper = (place, by, title) => disclosure(place, { agency: LANTERNS, by, title });

  for (const how of ["retired", "lost"]) {
    test(`that is ${how} leaves what it sealed as it was, and seals nothing more`, async ({ page }) => {
      await portal(async ({ place, server, at }) => {
        const [old, next] = [seal(), seal()];
        await submit(server, registered(place, [good(old)]));
        const before = await bring(server, paper(place, old, "Before"));
        await submit(server, registered(place, [ended(old, how, before.index + 1), good(next)]));
        const { statement, contents } = paper(place, old, "After");
        const parts = contents.map(({ salt, bytes }) => ({ salt: salt.toString("hex"), bytes: bytes.toString("base64") }));
        const refused = await submit(server, statement, parts);
        expect(refused.index).toBeUndefined();
        expect(refused.refused).toContain("by no key of");
        const after = await bring(server, paper(place, next, "After"));
        await holds(page, at(`/disclosures/${before.index}`), "C5");
        await holds(page, at(`/disclosures/${after.index}`), "C5");
      });
    });
  }

  test("that is stolen is doubted from the entry on that is named, and not before", async ({ page }) => {
    await portal(async ({ place, server, at }) => {
      const [old, next] = [seal(), seal()];
      await submit(server, registered(place, [good(old)]));
      const before = await bring(server, paper(place, old, "Before"));
      const doubted = await bring(server, paper(place, old, "Doubted"));
      await holds(page, at(`/disclosures/${doubted.index}`), "C5");
      await submit(server, registered(place, [ended(old, "compromised", doubted.index), good(next)]));
      const after = await bring(server, paper(place, next, "After"));
      await holds(page, at(`/disclosures/${before.index}`), "C5");
      await holds(page, at(`/disclosures/${after.index}`), "C5");
      await stolen(page, at(`/disclosures/${doubted.index}`), "C5", doubted.index);
      // In a list, too: one sentence, and no alarm.
      await checked(page, at("/"));
      await expect(knot(page, doubted.index).locator(".verdict")).toHaveText("Signed with a key later reported stolen.");
      await expect(knot(page, doubted.index).locator(".seal").first()).toHaveAttribute("data-seal", "stolen");
      await expect(knot(page, before.index).locator(".verdict")).toContainText("sealed by Yunze Lantern Office");
      await expect(page.locator("li.knot[data-failed]")).toHaveCount(0);
      await page.goto(`${server.url}/zh/disclosures/${doubted.index}`);
      await expect(verdict(page)).toContainText("后来已报失窃");
    });
  });

  test("says who kept it when it sealed: the portal, a token, or the agency", async ({ page }) => {
    await portal(async ({ place, server, at }) => {
      for (const [custody, en, zh] of [
        ["portal", "the portal", "本站"],
        ["token", "a hardware token", "硬件密码设备"],
        ["agency", "the agency itself", "机关自行保管"],
      ]) {
        const agency = `${LANTERNS}-${custody}`;
        const by = stranger(agency);
        await submit(server, registration(place, agency, [], { seals: [good(by, custody)] }));
        const { index } = await bring(server, disclosure(place, { agency, by, title: `Kept by ${custody}` }));
        await holds(page, at(`/disclosures/${index}`), "C5");
        await expect(panel(page, "C5").locator(".answer")).toContainText(`The key is kept by: ${en}.`);
        await panel(page, "C5").locator("summary").click();
        await expect(panel(page, "C5")).toContainText(`Who keeps the key${en}`);
        await checked(page, `${server.url}/zh/disclosures/${index}`);
        await expect(panel(page, "C5").locator(".answer")).toContainText(`密钥保管方：${zh}。`);
        await panel(page, "C5").locator("summary").click();
        await expect(panel(page, "C5")).toContainText(`密钥由谁保管${zh}`);
      }
    });
  });
});

test("a post's key that is retired or lost leaves approvals as they were and signs nothing more; one that is stolen is doubted from then on", async ({
  browser,
  page,
}) => {
  test.setTimeout(240_000);
  await portal(async ({ place, server, at }) => {
    const desk = (path) => at(`/desk${path}`);
    await first(page, server);
    give(place, "first", [
      ["registrar", ""],
      ["administrator", AGENCY],
    ]);
    const people = {};
    for (const [login, role] of [
      ["author", "drafter"],
      ["dong", "approver"],
    ]) {
      hire(place, login, [[role, AGENCY]]);
      people[login] = await (await browser.newContext()).newPage();
      await signIn(people[login], server, login);
    }
    const { author, dong } = people;
    const registerHere = async (path) => {
      await page.goto(path);
      await page.getByRole("button", { name: "Register with the key on this server" }).click();
      await expect(page.locator("h1")).toContainText("Posts of");
    };
    const makeKey = async () => {
      await dong.goto(desk(`/posts/key/${POST}?agency=${AGENCY}&zh=${encodeURIComponent("局长")}&en=Director`));
      await dong.getByLabel("Passphrase for the backup file").fill(PASSPHRASE);
      await dong.getByLabel("Passphrase once more").fill(PASSPHRASE);
      await dong.getByRole("button", { name: "Make the key" }).click();
      await Promise.all([dong.waitForEvent("download"), dong.getByRole("link", { name: "Save the file" }).click()]);
      await dong.getByLabel("I have saved the file").check();
      await dong.getByRole("button", { name: "Keep the key here" }).click();
      await expect(dong.locator("h1")).toContainText("Posts of");
      await page.goto(desk("/registrations"));
      await registerHere(await page.getByRole("link", { name: POST }).evaluate((link) => link.href));
    };
    const submitted = async (title) => {
      await author.goto(desk("/drafts"));
      await author.getByRole("button", { name: "Document", exact: true }).click();
      await author.getByLabel("Title", { exact: true }).fill(title);
      await author.getByLabel("Kind of document", { exact: true }).selectOption("notice");
      await author.getByLabel("Language", { exact: true }).selectOption("en");
      await author.getByLabel("Text", { exact: true }).fill("# Lanterns\n\nAll of them are lit.");
      await author.getByLabel("Date of issue", { exact: true }).fill("2026-11-20");
      await author.getByRole("button", { name: "Save and submit for approval" }).click();
      await expect(author.locator("h1")).toHaveText("Submit for approval");
      await author.getByRole("button", { name: "Submit for approval", exact: true }).click();
      await expect(author.locator(".stand")).toContainText("Waits for approval");
      return author.url();
    };
    const approve = async (url) => {
      await dong.goto(url);
      const form = dong.locator("form.sign");
      await form.getByLabel("Approved").check();
      await form.getByRole("button", { name: "Sign" }).click();
      return form;
    };
    const size = async () => Number((await (await fetch(`${server.url}/log/checkpoint`)).text()).split("\n")[1]);
    const published = async (title) => {
      const url = await submitted(title);
      await approve(url);
      await expect(async () => {
        await author.goto(url);
        await expect(author.locator(".stand")).toContainText("Published", { timeout: 500 });
      }).toPass({ timeout: 20_000 });
      return (await size()) - 1;
    };
    // The newest key of the post ends so, from this entry on.
    const end = async (how, from, nth) => {
      await page.goto(desk(`/posts/of/${AGENCY}`));
      const key = await page.locator(`form[action$="?end"]:has([name=subject][value="${POST}"]) [name=key]`).nth(nth).inputValue();
      await registerHere(await post(page, `/en/desk/posts/of/${AGENCY}?end`, { subject: POST, key, how, at: String(from) }));
    };

    await makeKey();
    staffSql(place, `insert into post_holders (post, account, given, given_by) select '${POST}', id, 1, '' from accounts where login = 'dong'`);
    const rule = { "code-0": "sign", "genre-0": "*", "count-0": "1", "posts-0": POST, "after-0": "" };
    await page.goto(desk(`/posts/of/${AGENCY}`));
    await registerHere(await post(page, `/en/desk/posts/of/${AGENCY}?rule`, rule));

    const retired = await published("Under the first key");
    await end("retired", await size(), 0);
    await holds(page, at(`/disclosures/${retired}`), "C6");
    // The browser keeps it, and no log takes what it signs.
    const signsNothing = async (title) => {
      const waiting = await submitted(title);
      const before = await size();
      const form = await approve(waiting);
      await expect(form).toHaveAttribute("data-state", "unknown-key");
      await expect(form.locator(".said")).toHaveText("This key signs nothing any more, or is not registered. Nothing was logged.");
      expect(await size()).toBe(before);
    };
    await signsNothing("Under a retired key");
    await holds(page, at(`/disclosures/${retired}`), "C6");
    await makeKey();
    const doubted = await published("Under the second key");
    await holds(page, at(`/disclosures/${doubted}`), "C6");

    await end("lost", await size(), 1);
    await signsNothing("Under a lost key");
    const before = await size();
    await holds(page, at(`/disclosures/${doubted}`), "C6");

    // It was not lost: somebody had it before that step.
    await end("compromised", doubted - 1, 1);
    expect(await size()).toBe(before + 1);
    await stolen(page, at(`/disclosures/${doubted}`), "C6");
    await expect(verdict(page)).toContainText("A step of its approval was signed with a post's key");
    await expect(panel(page, "C5")).toHaveAttribute("data-check", "holds");
    await holds(page, at(`/disclosures/${retired}`), "C6");
    await checked(page, at("/"));
    await expect(knot(page, doubted).locator(".verdict")).toHaveText("Signed with a key later reported stolen.");
    await expect(page.locator("li.knot[data-failed]")).toHaveCount(0);
    // The step's own page says it of its seal.
    await stolen(page, at(`/entries/${doubted - 1}`), "C5", doubted - 1);

    for (const theirs of [author, dong]) await theirs.context().close();
    await page.goto("about:blank");
  });
});
