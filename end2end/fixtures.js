// What every browser test starts from: `gazette`, a running server with the sample chain, shared by the tests of one
// worker. A test that alters its data starts its own with `temporaryData` and `serve`.
import { test as base } from "@playwright/test";
import { serve, temporaryData } from "./gazette.js";

export { expect } from "@playwright/test";
export { run, serve, temporaryData } from "./gazette.js";

export const test = base.extend({
  gazette: [
    async ({}, use) => {
      const data = await temporaryData();
      const server = await serve({ data: data.path });
      await use(Object.assign(server, { data: data.path }));
      await server.stop();
      await data.remove();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  // What the server said is half of why a test failed.
  serverLog: [
    async ({ gazette }, use, test) => {
      const before = gazette.log.length;
      await use();
      const said = gazette.log.slice(before);
      if (test.status !== test.expectedStatus && said) {
        await test.attach("server log", { body: said, contentType: "text/plain" });
        console.log(said.trimEnd());
      }
    },
    { auto: true },
  ],

  baseURL: async ({ gazette }, use) => use(gazette.url),

  // test.use({ mayComplain: true }) for a test whose page is meant to meet missing or altered bytes.
  mayComplain: [false, { option: true }],

  // A page never throws, breaks its own content policy or asks for what is not there.
  page: async ({ page, mayComplain }, use) => {
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(`threw: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`console: ${message.text()}`);
    });
    await use(page);
    if (!mayComplain && complaints.length > 0) throw new Error(`the page complained:\n${complaints.join("\n")}`);
  },
});
