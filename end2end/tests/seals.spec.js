// A seal that the portal keeps gives way to another one, made at the desk; what the old one signed since it was stolen is doubted, and
// what the new one signs holds. And an agency and a post that are called otherwise, as a registrar's browser reads it and readers find it.
import { readFile } from "node:fs/promises";
import { AGENCY, begin, house, keyOf, press, published, ruled, signed, submit } from "../officers.js";
import { checked, expect, panel, test as base } from "../fixtures.js";

const test = base.extend({ house });

const POST = `${AGENCY}/director`;
const verdict = (page) => page.locator("[data-verdict]");

/** Who writes, and whose post signs. */
async function staffed(house) {
  const author = await house.enter("author");
  const director = await house.enter("director", [["approver", AGENCY]]);
  await keyOf(director, house, "director", "director");
  await ruled(house, [["sign", 1, ["director"]]]);
  return { author, director };
}

async function register(admin) {
  await expect(admin.locator("h1")).toHaveText("A registration");
  await admin.getByRole("button", { name: "Register with the key on this server" }).click();
  await expect(admin.locator("h1")).toContainText("Posts of");
}

/** Name and id of the key that sealed an entry, as its public half begins. */
async function sealedBy(house, index) {
  const entry = await (await fetch(`${house.server.url}/log/entry/${index}`)).text();
  const [, name, bytes] = /— (\S+) (\S+)\n*$/.exec(entry);
  return `${name}+${Buffer.from(bytes, "base64").subarray(0, 4).toString("hex")}+`;
}

test("a seal made at the desk seals at once, and what the old one signed since it was stolen is doubted", async ({ house, browser }) => {
  test.setTimeout(300_000);
  const { admin, server } = house;
  const { author, director } = await staffed(house);
  const room = house.at(`/posts/of/${AGENCY}`);
  const caution = admin.locator(".caution");
  const seals = admin.locator("section", { has: admin.getByRole("heading", { name: "Seals", exact: true }) });
  await begin(author, house);
  const first = await submit(author);
  await admin.goto(room);
  await expect(caution).toContainText("1 text of this agency is under approval. Once the agency is registered otherwise");
  await signed(director, first);
  const doubted = await published(author, first);
  await admin.goto(room);
  await expect(caution).toHaveCount(0);

  await begin(author, house, { title: "Bridges of the old town" });
  const second = await submit(author);
  await admin.goto(room);
  await expect(seals.locator("code.vkey")).toHaveCount(1);
  const old = await seals.locator("code.vkey").textContent();
  expect(old.startsWith(await sealedBy(house, doubted))).toBe(true);
  await seals.getByText("Another seal", { exact: true }).click();
  const form = seals.locator("form[action$='?seal']");
  await expect(form.getByLabel("The portal: it is made on this server")).toBeChecked();
  await press(admin, form.getByRole("button", { name: "Ask for this seal" }));
  await expect(admin.locator("h1")).toHaveText("A registration");
  await expect(caution).toContainText("1 text of this agency is under approval. With this entered it must be approved anew");
  const keys = admin.locator(".registration [data-field=key]");
  await expect(keys).toHaveCount(2);
  await expect(keys.first()).toHaveText(old);
  const next = await keys.last().textContent();
  await expect(admin.locator(".registration [data-field=custody]").last()).toHaveText("portal");
  await register(admin);

  // No restart lies in between.
  await signed(director, second);
  const after = await published(author, second);
  expect(next.startsWith(await sealedBy(house, after))).toBe(true);

  await admin.goto(room);
  const row = seals.locator("ul.keyrows > li", { hasText: old });
  await row.getByText("End this key").click();
  await row.getByLabel("How it ended").selectOption("compromised");
  await row.locator("[name=at]").fill(String(doubted));
  await press(admin, row.getByRole("button", { name: "Ask for its end" }));
  await register(admin);
  await expect(row).toContainText(`stolen: what it signed from entry ${doubted} on is doubted`);

  const context = await browser.newContext();
  const reader = await context.newPage();
  await checked(reader, `${server.url}/en/disclosures/${doubted}`);
  await expect(panel(reader, "C5")).toHaveAttribute("data-check", "unknown");
  await expect(panel(reader, "C5")).toHaveAttribute("data-reason", "key-stolen");
  await expect(panel(reader, "C5").locator(".answer")).toHaveText("Signed with a key later reported stolen.");
  await expect(verdict(reader)).toContainText("later reported stolen");
  await expect(verdict(reader)).toContainText("nobody can tell from here");
  await expect(reader.locator(".alarm")).toBeHidden();
  await checked(reader, `${server.url}/zh/disclosures/${doubted}`);
  await expect(verdict(reader)).toContainText("后来已报失窃");
  await checked(reader, `${server.url}/en/disclosures/${after}`);
  for (const code of ["C5", "C6", "C7"]) await expect(panel(reader, code)).toHaveAttribute("data-check", "holds");
  await expect(verdict(reader)).not.toContainText("stolen");

  // The new one goes on alone.
  await begin(author, house, { title: "Wells of the old town" });
  const third = await submit(author);
  await signed(director, third);
  const last = await published(author, third);
  expect(next.startsWith(await sealedBy(house, last))).toBe(true);
  await checked(reader, `${server.url}/en/disclosures/${last}`);
  await expect(panel(reader, "C5")).toHaveAttribute("data-check", "holds");
  await context.close();
});

test("an agency and a post are called otherwise once a registrar has signed what their browser read, and readers find it", async ({ house, browser }) => {
  test.setTimeout(240_000);
  const { admin, server } = house;
  const director = await house.enter("director", [["approver", AGENCY]]);
  await keyOf(director, house, "director", "director");
  const file = await readFile(`${house.place.data}/keys/registrar.key`);
  await admin.goto(house.at("/charter/key/gazette.example/registrar"));
  await admin.getByText("Bring a key back").click();
  const restoring = admin.locator("form[data-restore-key]");
  await restoring.locator("input[type=file]").setInputFiles({ name: "key.txt", mimeType: "text/plain", buffer: file });
  await restoring.locator("button").click();
  await expect(restoring).toHaveAttribute("data-state", "restored");

  const room = house.at(`/posts/of/${AGENCY}`);
  const box = (subject) => admin.locator("details", { has: admin.locator(`form[action$="?rename"] [name=subject][value="${subject}"]`) });
  const rename = async (subject, zh, en) => {
    await box(subject).locator("[name=to_zh]").fill(zh);
    await box(subject).locator("[name=to_en]").fill(en);
    await press(admin, box(subject).getByRole("button", { name: "Ask for these names" }));
  };
  await admin.goto(room);
  await box(AGENCY).getByText("Other names", { exact: true }).click();
  for (const name of ["to_zh", "to_en"]) await expect(box(AGENCY).locator(`[name=${name}]`)).toHaveValue(/./);
  await rename(AGENCY, "云泽金库", "");
  await expect(admin.locator(".faults")).toContainText("Give a name in Chinese and one in English.");
  await expect(box(AGENCY).getByLabel("Called in Chinese")).toHaveValue("云泽金库");
  await rename(AGENCY, "云泽金库", "Treasury of Yunze");
  await expect(admin.locator("h1")).toHaveText("A registration");
  await expect(admin.locator(".lead")).toContainText("other names");
  await expect(admin.locator(".lead")).toContainText("Registered until now as");

  // A page that shows another name than is signed gets no signature.
  const asked = admin.url();
  const sign = admin.locator("form[data-sign-text]");
  await admin.route(asked, async (route) => {
    const answer = await route.fetch();
    const honest = await answer.text();
    const body = honest.replace(/(data-field="name"[^>]*>)[^<]*/, (_, before) => `${before}Yunze Finance`);
    expect(body, "the page is altered").not.toBe(honest);
    await route.fulfill({ response: answer, body });
  });
  await admin.goto(asked);
  await sign.getByRole("button").click();
  await expect(sign).toHaveAttribute("data-state", "shown-differs");
  await admin.unroute(asked);
  await admin.goto(asked);
  await sign.getByRole("button").click();
  await expect(admin.locator("h1")).toHaveText("Posts of Treasury of Yunze");

  await box(POST).getByText("Other names", { exact: true }).click();
  await expect(box(POST).locator("[name=to_en]")).toHaveValue("Post director");
  // What looks like a person's number is warned of, and goes back to what was typed.
  await rename(POST, "值班员_13800138000", "On duty");
  await expect(box(POST).getByLabel("Called in Chinese")).toHaveAccessibleDescription(/personal data \(mobile number\)/);
  await rename(POST, "首长", "Chief of the treasury");
  await expect(admin.locator("h1")).toHaveText("A registration");
  await sign.getByRole("button").click();
  await expect(admin.locator("h1")).toHaveText("Posts of Treasury of Yunze");

  const context = await browser.newContext();
  const reader = await context.newPage();
  for (const [lang, agency, post] of [
    ["en", "Treasury of Yunze", "Chief of the treasury"],
    ["zh", "云泽金库", "首长"],
  ]) {
    await checked(reader, `${server.url}/${lang}/agencies/${AGENCY}`);
    await expect(reader.locator("html")).not.toHaveAttribute("data-checked", "fails");
    await expect(reader.locator("h1")).toContainText(agency);
    await expect(reader.locator("main")).toContainText(post);
  }
  await context.close();
});
