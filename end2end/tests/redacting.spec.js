// What a text says of people, and how it is taken away again: who holds the posts stands beside the steps, checked; an attachment and
// those names are removed by redactions that went through the rule, and readers' browsers find them removed, not missing.
import { AGENCY, awake, begin, house, keyOf, press, ruled, signed, submit } from "../officers.js";
import { expect, test as base } from "../fixtures.js";

const test = base.extend({ house });

/** Waits until a case is published; answers its disclosure's address. */
async function published(page, url) {
  await expect(async () => {
    await page.goto(url);
    await expect(page.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  return page.getByRole("link", { name: "See it as readers do" }).getAttribute("href");
}

/** Removes the parts of these names from the entry, with the director's approval. */
async function remove(house, author, director, index, names) {
  await author.goto(house.at("/drafts"));
  await author.getByRole("button", { name: "Remove parts" }).click();
  await author.locator("[name=target]").fill(String(index));
  await press(author, author.getByRole("button", { name: "Save", exact: true }));
  for (const name of names) await author.getByLabel(name, { exact: true }).check();
  await author.locator("[name=ground]").selectOption("personal-data");
  await press(author, author.getByRole("button", { name: "Save", exact: true }));
  const url = await submit(author);
  await signed(director, url);
  await expect(async () => {
    await author.goto(url);
    await expect(author.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
}

test("names and an attachment are removed through the rule, and read as removed by whom and why", async ({ house, browser }) => {
  test.setTimeout(240_000);
  const author = await house.enter("author", [["drafter", AGENCY]]);
  const director = await house.enter("dong", [["approver", AGENCY]]);
  await keyOf(director, house, "dong", "director");
  await ruled(house, [["sign", 1, ["director"]]]);
  await house.admin.goto(house.at(`/posts/of/${AGENCY}`));
  await house.admin.getByLabel("Name who holds the posts").check();
  await press(house.admin, house.admin.locator("form[action$='?names'] button"));
  await expect(house.admin.getByLabel("Name who holds the posts")).toBeChecked();

  await begin(author, house, { text: "All of them are **lit** by the lamplighter." });
  await awake(author);
  await author.locator("#files").setInputFiles({ name: "patients.csv", mimeType: "text/csv", buffer: Buffer.from("name\nWu Qi\n") });
  await expect(author.locator("[data-files]")).toContainText("patients.csv");
  const url = await submit(author);
  await director.goto(url);
  await expect(director.locator("[data-frozen] [data-field=holder]")).toHaveText(`${AGENCY}/director Officer dong`);
  // A page that reads out another name is not signed.
  await director.evaluate(() => (document.querySelector("[data-frozen] [data-field=holder]").textContent = "gazette.example/finance/director Wu Qi"));
  const lied = director.locator("form.sign");
  await lied.getByLabel("Approved").check();
  await lied.getByRole("button", { name: "Sign" }).click();
  await expect(lied).toHaveAttribute("data-state", "shown-differs");
  await signed(director, url);
  const path = await published(author, url);
  const index = Number(path.split("/").at(-1));

  const context = await browser.newContext();
  const reader = await context.newPage();
  const read = () => reader.goto(house.server.url + path);
  await read();
  await expect(reader.locator(".approval .step")).toHaveAttribute("data-check", "holds");
  await expect(reader.locator(".approval .step")).toContainText("Officer dong");
  await expect(reader.locator("details[data-code=C7]")).toHaveAttribute("data-check", "holds");
  const attachment = await reader.locator(".parts a", { hasText: "patients.csv" }).getAttribute("href");

  await remove(house, author, director, index, ["patients.csv (attachment)"]);
  await read();
  await expect(reader.locator("details[data-code=C7]")).toHaveAttribute("data-check", "holds");
  await expect(reader.locator("details[data-code=C7] .answer")).toContainText("Redacted: something was removed");
  await expect(reader.locator(".parts")).toContainText("removed");
  await expect(reader.locator(".notice")).toContainText("personal data");
  await expect(reader.locator(".notice")).toContainText("Stated by Yunze Finance Bureau");
  // The removal's own page says which post agreed to it, and the browser holds the page to that.
  const removal = await reader.locator(".notice a", { hasText: "statement" }).getAttribute("href");
  const other = await context.newPage();
  await other.goto(house.server.url + removal);
  await expect(other.locator("html[data-checked=done]")).toBeAttached();
  await expect(other.locator(".approval .step[data-check=holds]")).toContainText("Post director");
  await expect(other.locator("details[data-code=C6]")).toHaveAttribute("data-check", "holds");
  await expect(other.locator("details[data-code=C7]")).toHaveAttribute("data-check", "none");
  await other.close();
  await expect(reader.locator(".approval .step")).toContainText("Officer dong");
  const gone = await reader.request.get(house.server.url + attachment);
  expect([gone.status(), await gone.text()]).toEqual([410, expect.stringContaining("redacted by entry")]);
  expect((await reader.request.get(`${house.server.url}${attachment}.salt`)).status()).toBe(410);

  await remove(house, author, director, index, ["holders.json (holders)"]);
  await read();
  await expect(reader.locator(".approval .step")).toHaveAttribute("data-check", "holds");
  await expect(reader.locator(".approval .step")).not.toContainText("Officer dong");
  await expect(reader.locator("details[data-code=C7]")).toHaveAttribute("data-check", "holds");
  expect(await reader.content()).not.toContain("Officer dong");

  // A word of the text and one of the title lead to it, until text and title are removed.
  const searched = async (lang, words) => {
    const answer = await fetch(`${house.server.url}/${lang}/search?q=${encodeURIComponent(words)}`);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const finds = (words, of = index) => Promise.all(["en", "zh"].map(async (lang) => (await searched(lang, words)).includes(`/${lang}/disclosures/${of}"`)));
  for (const words of ["lamplighter", "old town"]) await expect.poll(() => finds(words), words).toEqual([true, true]);
  await remove(house, author, director, index, ["catalogue", "body.md (body)"]);
  for (const lang of ["en", "zh"]) {
    for (const words of ["lamplighter", "old town"]) expect(await searched(lang, words), words).not.toMatch(/<mark>lamplighter|Lanterns of the old town/);
  }
  for (const words of ["lamplighter", "old town"]) await expect.poll(() => finds(words), words).toEqual([false, false]);
  expect(await finds("kettles", 53)).toEqual([true, true]);
  await read();
  await expect(reader.locator("details[data-code=C7]")).toHaveAttribute("data-check", "holds");
  expect(await reader.content()).not.toMatch(/lamplighter|Lanterns of the old town/);
  await context.close();
});
