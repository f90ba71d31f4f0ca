// The editor while somebody writes: saving by itself and coming back, two at once, files on a line that breaks, and all of it
// without scripts, by keyboard and on a small screen.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test as base } from "../fixtures.js";
import { AGENCY, house, begin as write, submit } from "../officers.js";
import { hire, signIn, staffSql } from "../people.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const test = base.extend({ house });

test.slow();

/** That the page's script hears what is typed from here on: what came before it is not its to save, nor to show. */
const awake = (page) => expect(page.locator("html")).toHaveAttribute("data-editing", "awake");

async function begin(page, house, { scripts = true } = {}) {
  await page.goto(house.at("/drafts"));
  await page.getByRole("button", { name: "Document", exact: true }).click();
  await expect(page.locator("#draft")).toBeVisible();
  if (scripts) await awake(page);
  return new URL(page.url()).pathname.split("/").at(-1);
}

const saving = (page, state) => expect(page.locator("[data-saving]")).toHaveAttribute("data-state", state);

test("what is typed is saved by itself, shown as it will be read, and there again after coming back", async ({ house }) => {
  const page = await house.enter("author");
  const id = await begin(page, house);
  await page.getByLabel("Title", { exact: true }).fill("Lanterns");
  await page.getByLabel("Text", { exact: true }).pressSequentially("# Which\n\nAll are **lit**.");
  await expect(page.locator("#preview strong")).toHaveText("lit");
  // All of it is drawn, with the full stop that was typed last.
  await expect(page.locator("#preview .prose")).toHaveText(/All are lit\.\s*$/);
  // Title above text, each as wide as the sheet: on a wide screen too. Both are measured in one drawing.
  const [title, prose] = await page.locator("#preview").evaluate((sheet) => [".title", ".prose"].map((part) => sheet.querySelector(part).getBoundingClientRect().toJSON()));
  expect(title.bottom).toBeLessThanOrEqual(prose.top);
  expect(title.width).toBeCloseTo(prose.width, 0);
  await saving(page, "saved");
  await expect(page.locator("[data-saving]")).toHaveText(/^Saved \d\d:\d\d$/);
  expect(house.written(id)).toMatchObject({ title: "Lanterns", body: "# Which\n\nAll are **lit**." });
  // What stands beside the text is shown as well, as it is typed.
  await page.getByLabel("Keywords", { exact: true }).fill("light\nriver");
  await expect(page.locator('#preview [data-field="keywords"]')).toHaveText(["light", "river"]);
  await page.getByLabel("Kind of document", { exact: true }).selectOption("notice");
  await expect(page.locator('#preview [data-field="genre"]')).toHaveText("Notice");
  await page.getByLabel("Document number", { exact: true }).fill("No. 7 <img src=x onerror=document.title='ran'>");
  await expect(page.locator("#preview .docnum")).toHaveText("No. 7 <img src=x onerror=document.title='ran'>");
  await expect(page.locator("#preview img")).toHaveCount(0);
  await saving(page, "saved");
  // What is left at once is saved too.
  await page.getByLabel("Summary", { exact: true }).fill("Of lanterns.");
  // Leaving the field begins to save, and the page is gone before that has an answer.
  await page.getByRole("link", { name: "Overview" }).or(page.locator("header nav a")).first().click();
  await expect.poll(() => house.written(id).summary).toBe("Of lanterns.");
  await page.goto(house.at(`/drafts/${id}`));
  await expect(page.getByLabel("Summary", { exact: true })).toHaveValue("Of lanterns.");
  await expect(page.locator('[data-told="kept"]')).toBeHidden();
});

test("a number that is none is not saved by itself without a word", async ({ house }) => {
  const page = await house.enter("author");
  const id = await begin(page, house);
  await page.locator("#target").fill("the third");
  await saving(page, "misread");
  await expect(page.locator("[data-saving]")).toContainText("digits only");
  await page.locator("#target").fill("3");
  await saving(page, "saved");
  expect(house.written(id).target).toBe(3);
});

test("without a connection the text is kept in the browser, saved when there is one, and offered after coming back", async ({ house }) => {
  const page = await house.enter("author");
  const id = await begin(page, house);
  await page.getByLabel("Text", { exact: true }).fill("First.");
  await saving(page, "saved");
  await page.context().setOffline(true);
  await page.getByLabel("Text", { exact: true }).fill("Second.");
  await saving(page, "offline");
  await page.context().setOffline(false);
  await saving(page, "saved");
  expect(house.written(id).body).toBe("Second.");
  // And with the page gone before there is one.
  await page.context().setOffline(true);
  await page.getByLabel("Text", { exact: true }).fill("Third.");
  await saving(page, "offline");
  await page.goto("about:blank");
  await page.context().setOffline(false);
  await page.goto(house.at(`/drafts/${id}`));
  const offered = page.getByRole("button", { name: "Take it into the form" });
  // What was on its way when the line came back may have arrived by itself; else it is offered.
  await expect(async () => {
    if (await offered.isVisible()) await offered.click({ timeout: 500 });
    await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Third.", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect.poll(() => house.written(id).body).toBe("Third.");
  await page.reload();
  await expect(page.locator('[data-told="kept"]')).toBeHidden();
});

test("when the session is over the text is kept, and offered to whoever typed it and to nobody else", async ({ house }) => {
  const page = await house.enter("author");
  const id = await begin(page, house);
  staffSql(house.place, "delete from sessions where account = (select id from accounts where login = 'author')");
  await page.getByLabel("Text", { exact: true }).fill("Not lost.");
  await saving(page, "signed-out");
  hire(house.place, "other", [["drafter", AGENCY]]);
  await signIn(page, house.server, "other");
  await page.goto(house.at(`/drafts/${id}`));
  await awake(page);
  await expect(page.locator('[data-told="kept"]')).toBeHidden();
  await page.context().clearCookies();
  await signIn(page, house.server, "author");
  await page.goto(house.at(`/drafts/${id}`));
  await page.getByRole("button", { name: "Take it into the form" }).click();
  await expect.poll(() => house.written(id).body).toBe("Not lost.");
});

test("two who write at once are told at once, and neither text is lost", async ({ house }) => {
  const [one, two] = [await house.enter("one"), await house.enter("two")];
  const id = await begin(one, house);
  await two.goto(house.at(`/drafts/${id}`));
  await one.getByLabel("Text", { exact: true }).fill("All lanterns.");
  await saving(one, "saved");
  await two.getByLabel("Text", { exact: true }).fill("Red lanterns.");
  await expect(two.locator('[data-told="conflict"]')).toContainText("Officer one saved this draft");
  await expect(two.getByLabel("Text", { exact: true })).toHaveValue("Red lanterns.");
  expect(house.written(id).body).toBe("All lanterns.");
  await two.getByRole("button", { name: "See both texts" }).click();
  await expect(two.locator(".theirs").first()).toHaveText("All lanterns.");
  await expect(two.getByLabel("Text", { exact: true })).toHaveValue("Red lanterns.");
  expect(staffSql(house.place, "select count(*) as n from draft_asides")[0].n).toBe(1);
  // Saved by hand, knowing of the other; and whoever was quicker is told when they look again.
  await two.getByLabel("Text", { exact: true }).fill("All lanterns, red ones first.");
  await two.getByRole("button", { name: "Save", exact: true }).click();
  await expect(two.locator(".done")).toBeVisible();
  await one.evaluate(() => dispatchEvent(new Event("focus")));
  await expect(one.locator('[data-told="newer"]')).toContainText("Officer two saved this draft");
  await one.getByRole("button", { name: "Load the saved text" }).click();
  await expect(one.getByLabel("Text", { exact: true })).toHaveValue("All lanterns, red ones first.");
});

test("two who write in other fields see all in which they differ, and what one saves over is kept", async ({ house }) => {
  const [one, two] = [await house.enter("one"), await house.enter("two")];
  const id = await begin(one, house);
  await two.goto(house.at(`/drafts/${id}`));
  await one.getByLabel("Summary", { exact: true }).fill("Of lanterns.");
  await one.locator("#translation-title-1").fill("灯笼");
  await one.locator("#translation-body-1").fill("全部点亮。");
  await saving(one, "saved");
  await two.getByLabel("Keywords", { exact: true }).fill("light\nriver");
  await expect(two.locator('[data-told="conflict"]')).toBeVisible();
  await two.getByRole("button", { name: "See both texts" }).click();
  const differs = (what) => two.locator(`[data-differs="${what}"]`);
  await expect(two.locator("[data-differs]")).toHaveCount(3);
  await expect(differs("summary").locator(".theirs")).toHaveText("Of lanterns.");
  await expect(differs("summary").locator(".mine")).toHaveText("Nothing stands there.");
  await expect(differs("keywords").locator(".mine")).toHaveText("light\nriver");
  await expect(differs("translation-zh")).toContainText("灯笼");
  await expect(differs("translation-zh").locator("pre.theirs")).toHaveText("全部点亮。");
  await expect(two.getByLabel("Keywords", { exact: true })).toHaveValue("light\nriver");
  // Taken over in part, and saved over what stood.
  await two.getByLabel("Summary", { exact: true }).fill("Of lanterns.");
  await two.getByRole("button", { name: "Save", exact: true }).click();
  await expect(two.locator(".done")).toBeVisible();
  expect(house.written(id)).toMatchObject({ summary: "Of lanterns.", keywords: ["light", "river"], translations: [] });
  const kept = two.getByRole("link", { name: /^By Officer one/ });
  await expect(kept).toHaveCount(1);
  // Whoever wrote it finds all of it.
  await one.goto(house.at(`/drafts/${id}`));
  await one.getByRole("link", { name: /^By Officer one/ }).click();
  await expect(one.getByLabel("Summary")).toHaveValue("Of lanterns.");
  await expect(one.getByLabel("Text in the other language")).toHaveValue("全部点亮。");
  await expect(one.locator("h1")).toHaveText("A text that was kept aside");
});

test("what the log did not take waits for whoever wrote it, and what was given up comes back", async ({ house }) => {
  const [page, other] = [await house.enter("author"), await house.enter("other")];
  await write(page, house);
  await submit(page);
  await page.goto(house.at(""));
  await expect(page.locator("main")).toContainText("Nothing waits for you.");
  house.sql("update frozen set told = 'not-head' || char(10) || 'it is not the newest version'");
  await page.goto(house.at(""));
  await expect(page.locator(".first .work li")).toContainText("Lanterns of the old town");
  await expect(page.locator(".first .work .tag")).toHaveText("Not published: look at it");
  await expect(page.locator("header .count")).toHaveText("1");
  await other.goto(house.at(""));
  await expect(other.locator("main")).toContainText("Nothing waits for you.");
  // A draft that was given up is taken back by a colleague, with what was typed last.
  const id = await begin(page, house);
  await page.getByLabel("Title", { exact: true }).fill("Bridges");
  await page.getByRole("button", { name: "Discard this draft" }).click();
  await expect(page.locator("#discarded")).toContainText("Bridges");
  await other.goto(house.at("/drafts"));
  await other.getByRole("button", { name: "Take it back: Bridges" }).click();
  await expect(other.getByLabel("Title", { exact: true })).toHaveValue("Bridges");
  expect(new URL(other.url()).pathname.split("/").at(-1)).toBe(id);
});

const pdf = (size) => {
  const bytes = Buffer.alloc(size, 7);
  bytes.write("%PDF-1.7\n");
  return bytes;
};

async function drop(page, name, size) {
  const data = await page.evaluateHandle(
    ([name, size]) => {
      const bytes = new Uint8Array(size).fill(7);
      bytes.set(new TextEncoder().encode("%PDF-1.7\n"));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name));
      return data;
    },
    [name, size],
  );
  await page.locator("[data-drop]").dispatchEvent("dragover", { dataTransfer: data });
  await expect(page.locator("[data-drop]")).toHaveAttribute("data-over", "");
  await page.locator("[data-drop]").dispatchEvent("drop", { dataTransfer: data });
}

test("a file that is dropped goes on over a line that breaks, and over a reload", async ({ house }) => {
  const page = await house.enter("author");
  const id = await begin(page, house);
  let pieces = 0;
  // Now the line is gone, and now the piece came too slowly.
  await page.route("**/uploads/*", (route) => {
    if (route.request().method() !== "PATCH" || ++pieces % 2 !== 0) return route.continue();
    return pieces % 4 === 0 ? route.fulfill({ status: 408, body: "" }) : route.abort();
  });
  await drop(page, "map.exe", 1_700_000);
  await expect(page.locator("[data-files]")).toContainText("map.exe");
  await expect(page.locator("[data-files]")).toContainText("application/pdf");
  await expect(page.locator("[data-came]")).toHaveText("map.exe was added.");
  await page.unrouteAll();
  // Two pieces come, then the line is gone, and so is the page.
  pieces = 0;
  await page.route("**/uploads/*", (route) => (route.request().method() === "PATCH" && ++pieces > 2 ? route.abort() : route.continue()));
  await drop(page, "plan.pdf", 2_000_000);
  await expect(page.locator("[data-coming] li")).toHaveAttribute("data-state", "up-waits");
  // As much as has come is shown: two pieces of 512 KB.
  await expect.poll(() => page.locator("[data-coming] progress").evaluate((bar) => Math.floor(bar.value))).toBe(52);
  expect(staffSql(house.place, "select came from draft_uploads")[0].came).toBe(2 * 512 * 1024);
  // The line is there again once the page is gone: left to itself, it would go on before it is looked at.
  const address = page.url();
  await page.goto("about:blank");
  await page.unrouteAll();
  const offsets = [];
  page.on("request", (request) => request.method() === "PATCH" && offsets.push(Number(request.headers()["upload-offset"])));
  await page.goto(address);
  await expect(page.locator("[data-files]")).toContainText("plan.pdf");
  expect(Math.min(...offsets)).toBe(2 * 512 * 1024);
  expect(staffSql(house.place, `select size from draft_files where draft = '${id}' order by size`).map(({ size }) => size)).toEqual([1_700_000, 2_000_000]);
});

test("a file that is too large is told before it is sent, and one that was begun elsewhere goes on when it is chosen again", async ({ house, browserName }) => {
  const page = await house.enter("author");
  await begin(page, house);
  const sent = [];
  page.on("request", (request) => request.url().includes("/uploads") && request.method() !== "GET" && sent.push(request.method()));
  await page.locator("#files").setInputFiles({ name: "large.pdf", mimeType: "application/pdf", buffer: pdf(20 * 1024 * 1024 + 1) });
  await expect(page.locator("[data-came]")).toContainText("larger than 20 MB");
  expect(sent).toEqual([]);
  let pieces = 0;
  await page.route("**/uploads/*", (route) => (route.request().method() === "PATCH" && ++pieces > 1 ? route.abort() : route.continue()));
  await page.locator("#files").setInputFiles({ name: "plan.pdf", mimeType: "application/pdf", buffer: pdf(1_500_000) });
  await expect(page.locator("[data-coming] li")).toHaveAttribute("data-state", "up-waits");
  // Another browser has not kept the file. The line stays gone meanwhile: this page would go on, and be done.
  await page.evaluate(() => new Promise((resolve) => { const gone = indexedDB.deleteDatabase("gazette-drafts"); gone.onsuccess = gone.onblocked = resolve; }));
  await page.reload();
  await expect(page.locator("[data-coming] li")).toContainText("Choose the same file again");
  await page.unrouteAll();
  await page.locator("#files").setInputFiles({ name: "plan.pdf", mimeType: "application/pdf", buffer: pdf(1_500_000) });
  await expect(page.locator("[data-files]")).toContainText("plan.pdf");
  expect(browserName && staffSql(house.place, "select count(*) as n from draft_uploads")[0].n).toBe(0);
});

test("languages and agencies are added and taken away, and what a kind of document needs is marked at once", async ({ house }) => {
  const page = await house.enter("author");
  const id = await begin(page, house);
  const needed = page.locator('[data-asked="document_number"]');
  await expect(needed).toBeHidden();
  await page.locator("#genre").selectOption("rule");
  await expect(needed).toBeVisible();
  await page.locator("#joint_agencies").fill("Water Bureau");
  await page.locator("#joint_agencies-2").fill("Transport Bureau");
  await page.locator("#translation-language-1").selectOption("bo");
  await page.locator("#translation-title-1").fill("One");
  await page.locator("#translation-body-1").fill("**first**");
  await expect(page.locator("#preview strong")).toHaveText("first");
  await page.getByRole("button", { name: "Add a translation" }).click();
  // The page that has room for it, once it hears what is typed there.
  await expect(page.locator("[data-translation]")).toHaveCount(2);
  await awake(page);
  await page.locator("#translation-language-2").selectOption("fr");
  await page.locator("#translation-title-2").fill("Deux");
  await page.locator("#translation-body-2").fill("deux");
  await expect(page.locator('#preview [data-text="translation"] .title')).toHaveText(["One", "Deux"]);
  await saving(page, "saved");
  expect(house.written(id)).toMatchObject({
    joint_agencies: ["Water Bureau", "Transport Bureau"],
    translations: [{ language: "bo" }, { language: "fr", title: "Deux" }],
  });
  await page.getByRole("button", { name: "Remove the translation: Tibetan" }).click();
  await expect.poll(() => house.written(id).translations.map(({ language }) => language)).toEqual(["fr"]);
});

test("without scripts the same form saves, adds a language and a file, and shows the text", async ({ house }) => {
  const page = await house.enter("author", undefined, { javaScriptEnabled: false });
  const id = await begin(page, house, { scripts: false });
  await expect(page.locator("[data-saving]")).toBeHidden();
  await expect(page.locator("[data-drop]")).toBeHidden();
  await page.getByLabel("Text", { exact: true }).fill("All are **lit**.");
  await page.locator("#translation-title-1").fill("灯笼");
  await page.locator("#translation-body-1").fill("全部。");
  await page.getByRole("button", { name: "Add a translation" }).click();
  await expect(page.locator("[data-translation]")).toHaveCount(2);
  await expect(page.locator("#preview strong")).toHaveText("lit");
  await expect(page.locator('#preview [data-text="translation"]')).toContainText("全部。");
  await expect(page.locator('#preview [data-field="language"]')).toHaveText("English");
  await page.locator("#file").setInputFiles({ name: "map.pdf", mimeType: "application/pdf", buffer: pdf(2_000) });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.locator("[data-files]")).toContainText("map.pdf");
  expect(house.written(id).translations).toHaveLength(1);
});

test("the editor is reached by keyboard, fits a small screen, and hides nothing from those who do not see", async ({ house }) => {
  const page = await house.enter("author");
  await page.setViewportSize({ width: 320, height: 640 });
  const id = await begin(page, house);
  await page.locator("#title").focus();
  await page.keyboard.type("Lanterns");
  for (let steps = 0; steps < 12 && !(await page.evaluate(() => document.activeElement.id === "body")); steps++) await page.keyboard.press("Tab");
  await page.keyboard.type("By keyboard.");
  await expect.poll(() => house.written(id).body).toBe("By keyboard.");
  // Nothing is drawn any more while it is measured and looked through.
  await expect(page.locator("#preview .prose")).toHaveText(/^\s*By keyboard\.\s*$/);
  await saving(page, "saved");
  await page.locator("#files").focus();
  await expect(page.locator("#files")).toBeFocused();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.evaluate(axe);
    const faults = await page.evaluate(async () => {
      const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
      const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values } });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
    });
    expect(faults).toEqual([]);
  }
});
