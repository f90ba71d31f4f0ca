// What every browser test starts from: `gazette`, a running server with the sample chain, shared by the tests of one
// worker, and `cheated`, a server of the test's own on a copy that somebody altered behind its back.
import { test as base, expect } from "@playwright/test";
import { copyOf, placeIn, run, serve } from "./gazette.js";
import { vouchFalsely } from "./operator.js";

export { expect } from "@playwright/test";

/** The sample as it was filled once before all tests; only ever copied. */
export const sample = () => placeIn(process.env.GAZETTE_SAMPLE);

export const test = base.extend({
  gazette: [
    async ({}, use) => {
      const place = await copyOf(sample());
      const server = await serve(place);
      await use(server);
      await server.stop();
      await place.remove();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  // What the server said is half of why a test failed.
  serverLog: [
    async ({ gazette }, use, test) => {
      const before = gazette.log.length;
      await use();
      const said = gazette.log.slice(before);
      if (test.status !== test.expectedStatus && said) await test.attach("server log", { body: said, contentType: "text/plain" });
    },
    { auto: true },
  ],

  baseURL: async ({ gazette }, use) => use(gazette.url),

  // cheated(change): the sample, altered by `change` while no server runs, sworn to be the newest, and served again.
  // `whileServed` is for alterations that a server would notice at its start.
  cheated: async ({}, use, test) => {
    const open = [];
    await use(async (change, { whileServed } = {}) => {
      const place = await copyOf(sample());
      open.push(place);
      await change?.(place);
      await vouchFalsely(place);
      // Of a sample of which something was taken away, the server would publish the rest.
      const server = await serve(place, { args: ["--no-sample"] });
      open.push({ remove: server.stop });
      await whileServed?.(place);
      return Object.assign(server, { page: (path) => `${server.url}/en${path}` });
    });
    for (const one of open.reverse()) await one.remove();
  },

  // test.use({ mayComplain: true }) for a test whose page is meant to meet missing or altered bytes.
  mayComplain: [false, { option: true }],

  // A page never throws, breaks its own content policy, asks another host, or asks for what is not there.
  page: async ({ page, mayComplain }, use) => {
    const complaints = [];
    page.on("pageerror", (error) => {
      // The movement from page to page is the style sheet's, no script's; Chromium breaks it off aloud where the next page comes late.
      if (!/^Transition was (aborted|skipped)/.test(error.message)) complaints.push(`threw: ${error.message}`);
    });
    page.on("console", (message) => {
      // A browser tells of every 410 and 422; so a part that a redaction removed, and a form that is not taken, are meant to answer.
      if (/status of (410|422) /.test(message.text())) return;
      if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1") complaints.push(`asked ${request.url()}`);
    });
    await use(page);
    const allowed = mayComplain ? complaints.filter((one) => one.startsWith("threw") || one.startsWith("asked")) : complaints;
    if (allowed.length > 0) throw new Error(`the page complained:\n${allowed.join("\n")}`);
  },
});

/** One address of every kind of page, without its language. */
export const PAGES = ["/", "/?order=stated", "/?before=30", "/disclosures/53", "/disclosures/17", "/entries/0", "/entries/19", "/search?q=2026", "/agencies", "/agencies/gazette.example/finance", "/chain", "/about"];

/** Opens an address and waits until the browser has checked what it shows. */
export async function checked(page, url) {
  const answer = await page.goto(url);
  await expect(page.locator("html[data-checked]")).toBeAttached();
  return answer;
}

/** What `gazette fsck` names first. */
export async function fsckNames(place, named) {
  const { code, out } = await run(["fsck"], place);
  expect({ code, out }).toEqual({ code: named === undefined ? 0 : 1, out: expect.stringContaining(named ?? "everything is as the entries say") });
}

/** The panel of one check on a page about one entry. */
export const panel = (page, code) => page.locator(`.checks details[data-code="${code}"]`);

/** That a check of the page's own entry fails for this reason, open to the eye, with its remedy. */
export async function failsBy(page, code, reason) {
  const found = panel(page, code);
  await expect(found).toHaveAttribute("data-check", "fails");
  await expect(found).toHaveAttribute("data-reason", reason);
  await expect(found).toHaveAttribute("open");
  await expect(found.locator(".remedy")).toBeVisible();
}

/** The knot of an entry in a list. */
export const knot = (page, index) => page.locator(`li.knot[data-index="${index}"]`);
