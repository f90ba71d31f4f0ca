// Opens records and the timeline in Chromium and tells, as JSON, how long after the last fetched byte the verdict stood.
// node browser.mjs http://127.0.0.1:3000 NEWEST-INDEX
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../../../end2end/package.json", import.meta.url))("@playwright/test");
const [base, newest] = [process.argv[2], Number(process.argv[3])];
const VISITS = 40;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});
const page = await browser.newPage();
await page.addInitScript(() => {
  const seen = () => {
    if (document.documentElement?.dataset.checked && !window.checkedAt) window.checkedAt = performance.now();
  };
  new MutationObserver(seen).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-checked"] });
});

async function visit(path) {
  await page.goto(base + path);
  await page.waitForFunction(() => window.checkedAt, undefined, { timeout: 15_000 });
  return page.evaluate(() => {
    const fetched = performance.getEntriesByType("resource").filter(({ name }) => /\/(log|content)\//.test(name));
    const last = Math.max(...fetched.map(({ responseEnd }) => responseEnd).filter((end) => end <= window.checkedAt));
    return { took: window.checkedAt - last, outcome: document.documentElement.dataset.checked };
  });
}

async function times(path) {
  const taken = [];
  for (let n = 0; n <= VISITS; n++) {
    const { took, outcome } = await visit(path(n));
    if (outcome !== "done") throw new Error(`${path(n)}: ${outcome}`);
    // The first one compiles.
    if (n > 0) taken.push(took);
  }
  taken.sort((a, b) => a - b);
  return [0.5, 0.95, 1].map((part) => taken[Math.min(taken.length - 1, Math.floor(taken.length * part))]);
}

const record = await times((n) => `/en/disclosures/${newest - 1 - n}`);
const timeline = await times(() => "/en/");
const listed = await page.locator("li[data-index]").count();
console.log(JSON.stringify({ record, timeline, listed }));
await browser.close();
