// Parts that agencies bring: whatever is in them, they are files and not this portal's pages; and large ones, which lie in a
// folder beside the database, are checked like any.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTENT, FINANCE, ownPageFails } from "../caught.js";
import { expect, failsBy, fsckNames, panel, test } from "../fixtures.js";
import { serve } from "../gazette.js";
import { bring, disclosure, key } from "../operator.js";

// A browser tells of each thing that it did not run.
test.use({ mayComplain: true });

test.slow();

const RUNS = "document.documentElement.setAttribute('data-ran', origin); localStorage.setItem('ran', origin)";
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${RUNS}"><script>${RUNS}</script><rect width="9" height="9"/></svg>`;
const PAGE = `<!DOCTYPE html><title>x</title><body onload="${RUNS}"><script>${RUNS}</script>`;

const hostile = (place) =>
  disclosure(place, {
    agency: FINANCE,
    by: key(place, "seal-gazette.example+finance"),
    attachments: [
      { name: "drawing.svg", media: "image/svg+xml", content: DRAWING },
      { name: "收费表.html", media: "text/html", content: PAGE },
      { name: "sheet.xhtml", media: "application/xhtml+xml", content: PAGE },
      { name: "run.js", media: "text/javascript", content: RUNS },
      { name: "run.txt", media: "text/plain", content: RUNS },
    ],
  });

test("nothing that an agency brings runs in the portal's name, nor when it is opened again from what the browser kept", async ({ page, cheated }) => {
  const portal = await cheated();
  const { index, parts } = await bring(portal, hostile(portal.place));
  const [, , drawing, html, xhtml, script, text] = parts.map((path) => portal.url + path);
  const [asked, answers] = [new Map(), []];
  const wire = await page.context().newCDPSession(page);
  await wire.send("Network.enable");
  wire.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, request.url));
  wire.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => answers.push([requestId, statusCode]));
  for (let time = 0; time < 3; time += 1) {
    await page.goto(drawing);
    expect(await page.evaluate(() => self.origin)).toBe("null");
    await expect(page.locator("svg")).not.toHaveAttribute("data-ran");
    await page.goto(portal.page(`/disclosures/${index}`));
    expect(await page.evaluate(() => localStorage.getItem("ran"))).toBeNull();
  }
  // What the browser had was asked for again, and shown as it was kept.
  const kept = () => answers.filter(([id, status]) => asked.get(id) === drawing && status === 304).length;
  await expect.poll(kept).toBeGreaterThanOrEqual(2);
  for (const [address, name] of [[html, "收费表.html"], [xhtml, "sheet.xhtml"], [script, "run.js"]]) {
    for (let time = 0; time < 2; time += 1) {
      const download = page.waitForEvent("download");
      await page.goto(address).catch(() => {});
      expect((await download).suggestedFilename()).toBe(name);
    }
  }
  await page.goto(portal.page(`/disclosures/${index}`));
  for (const address of [script, text, drawing, html]) {
    const outcome = await page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const script = Object.assign(document.createElement("script"), { src, onload: () => resolve("ran"), onerror: () => resolve("refused") });
          document.head.append(script);
        }),
      address,
    );
    expect([address, outcome]).toEqual([address, "refused"]);
  }
  await expect(page.locator("html")).not.toHaveAttribute("data-ran");
  expect(await page.evaluate(() => localStorage.getItem("ran"))).toBeNull();
});

test("a text in the folder of large parts, altered there: its page shows what was not sealed", async ({ page, cheated }) => {
  let index;
  const portal = await cheated(async (place) => {
    const body = Array.from({ length: 3_000 }, (_, n) => `Paragraph ${n} of the fee table says forty pence.\n\n`).join("");
    const honest = await serve(place);
    ({ index } = await bring(honest, disclosure(place, { agency: FINANCE, by: key(place, "seal-gazette.example+finance"), body })));
    await honest.stop();
    const folder = join(place.data, "content");
    const files = readdirSync(folder, { recursive: true }).filter((name) => /[0-9a-f]{64}$/.test(name));
    expect(files).toHaveLength(1);
    const file = join(folder, files[0]);
    const text = readFileSync(file, "utf8");
    expect(text).toBe(body);
    writeFileSync(file, text.replace("Paragraph 1234 of the fee table says forty", "Paragraph 1234 of the fee table says fifty"));
  });
  await ownPageFails(page, portal, index, CONTENT);
  await expect(page.locator(".prose")).toContainText("Paragraph 1234 of the fee table says fifty pence.");
  await failsBy(page, "C7", "bytes-differ");
  for (const code of ["C1", "C2", "C3", "C5"]) await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
  await fsckNames(portal.place, `C7 content: entry ${index}: part 1`);
});

test("a very long text is shown as it was sealed, says so, and holds", async ({ page, cheated }) => {
  const portal = await cheated();
  const body = "A line of a **very** long text.\n".repeat(40_000);
  const { index } = await bring(portal, disclosure(portal.place, { agency: FINANCE, by: key(portal.place, "seal-gazette.example+finance"), body }));
  await page.goto(portal.page(`/disclosures/${index}`));
  await expect(page.locator(".rest > .quiet")).toHaveText("This text is shown as it was sealed, without formatting.");
  await expect(panel(page, "C7")).toHaveAttribute("data-check", "holds");
  await expect(page.locator(".alarm")).toBeHidden();
});
