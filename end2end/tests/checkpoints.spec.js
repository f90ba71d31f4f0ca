// Checkpoints that the log's key did not sign, and histories that a browser, or the machine itself, remembers otherwise.
import { RECALL, NEWEST, SIGNED, HISTORY, without, publish, byFinance, ownPageFails } from "../caught.js";
import { sql, value } from "../database.js";
import { checked, expect, failsBy, fsckNames, panel, sample, test } from "../fixtures.js";
import { copyOf, refusal, serve, temporaryPlace } from "../gazette.js";
import * as operator from "../operator.js";

test.use({ mayComplain: true });

test.slow();

test.describe("checkpoints", () => {
  test("a checkpoint by another key: nothing on the page holds, and the browser keeps no memory of it", async ({ page, cheated }) => {
    const portal = await cheated((place) => operator.seal(place, operator.stranger(operator.origin(place))));
    await checked(page, portal.page("/"));
    await expect(page.locator('li.knot[data-failed="C3"]')).toHaveCount(25);
    await ownPageFails(page, portal, RECALL, SIGNED);
    await failsBy(page, "C3", "other-key");
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await fsckNames(portal.place, "C3 checkpoint: checkpoint 1: no signature by gazette.example/log");
  });

  test("a signature that the log's key did not make", async ({ page, cheated }) => {
    const portal = await cheated((place) => {
      const signed = value(place, "select checkpoint from head");
      const at = signed.length - 20;
      const broken = signed.slice(0, at) + (signed[at] === "A" ? "B" : "A") + signed.slice(at + 1);
      sql(place, `update head set checkpoint = '${broken}'; update checkpoints set note = '${broken}' where size = ${NEWEST + 1}`);
    });
    await ownPageFails(page, portal, RECALL, SIGNED);
    await failsBy(page, "C3", "signature");
    await fsckNames(portal.place, `C3 checkpoint: checkpoint ${NEWEST + 1}`);
  });

  // What a reader saw, then what the same address shows the same browser later.
  async function afterAVisit(page, rewrite, { another } = {}) {
    const first = await copyOf(sample());
    let server = await serve(first);
    const { port } = server;
    const at = (path) => `${server.url}/en${path}`;
    await checked(page, at("/"));
    await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
    await checked(page, at("/disclosures/20"));
    await expect(panel(page, "C8")).toHaveAttribute("data-reason", "holds");
    await server.stop();
    const second = another ? await temporaryPlace() : await copyOf(first);
    const args = another ?? [];
    await rewrite?.(second);
    // An honest program on the machine that signed more refuses, or signs nothing; so the operator takes it to another.
    const refused = another ? "" : await refusal({ ...second, state: first.state }, { port }).catch((error) => error.log);
    await operator.vouchFalsely(second);
    server = await serve(second, { port, args });
    // A browser may go by the checkpoint it has for a second, and all this may take less.
    await page.waitForTimeout(1_500);
    const done = async () => {
      await server.stop();
      await first.remove();
      await second.remove();
    };
    return { at, refused, place: second, state: first.state, done };
  }

  async function historyAlarm(page, portal, reason) {
    for (const path of ["/", "/?before=30"]) {
      await checked(page, portal.at(path));
      await expect(page.locator("html")).toHaveAttribute("data-checked", "fails");
      await expect(page.locator(".alarm")).toBeVisible();
      await expect(page.locator(".alarm-text")).toHaveText(HISTORY);
      await expect(page.locator("[data-progress]")).toHaveText("All 25 checked in this browser: every link holds");
    }
    await checked(page, portal.at("/disclosures/20"));
    await failsBy(page, "C8", reason);
    await expect(page.locator(".alarm-text")).toContainText("The chain is not the one this browser saw before.");
    for (const code of ["C1", "C2", "C3", "C5"]) await expect(panel(page, code)).toHaveAttribute("data-check", "holds");
    // The old checkpoint stays, as evidence.
    const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("gazette/v1")).checkpoint);
    expect(kept.split("\n")[1]).toBe(String(NEWEST + 1));
  }

  test("rolled back after the browser saw a newer one", async ({ page }) => {
    const portal = await afterAVisit(page, (place) => operator.rollBack(place, 50));
    expect(portal.refused).toContain("read-only: here are 50 entries, and this machine has signed 56");
    await historyAlarm(page, portal, "rolled-back");
    await fsckNames({ ...portal.place, state: portal.state }, "high-water mark: the newest tree this machine signed: had 56 entries; here are 50");
    await portal.done();
  });

  for (const [how, more] of [["and grown past it", 8], ["and grown to the same size", 6]]) {
    test(`forked before the newest one the browser saw, ${how}`, async ({ page }) => {
      const portal = await afterAVisit(page, (place) => {
        operator.rollBack(place, 50);
        for (let n = 0; n < more; n += 1) publish(place, byFinance(place));
      });
      expect(portal.refused).toContain("entry 56 and before are not the history this machine signed");
      await historyAlarm(page, portal, "forked");
      await fsckNames({ ...portal.place, state: portal.state }, "high-water mark: the newest tree this machine signed: had, at 56 entries, the root");
      await portal.done();
    });
  }

  test("an entry dropped and the whole chain written and signed anew: only who remembers can tell", async ({ page, browser }) => {
    const portal = await afterAVisit(page, (place) => {
      operator.reorder(place, without(RECALL), { rewritten: true });
      publish(place, byFinance(place));
    });
    expect(portal.refused).toContain("entry 56 and before are not the history this machine signed");
    await historyAlarm(page, portal, "forked");
    const stranger = await browser.newPage();
    await checked(stranger, portal.at("/disclosures/20"));
    await expect(panel(stranger, "C8")).toHaveAttribute("data-reason", "first-visit");
    await stranger.close();
    await fsckNames({ ...portal.place, state: portal.state }, "high-water mark");
    await portal.done();
  });

  for (const [name, another] of [["the same name", []], ["another name", ["--origin", "elsewhere.example/log", "--trial"]]]) {
    test(`another chain of ${name} at the same address`, async ({ page }) => {
      const portal = await afterAVisit(page, null, { another });
      await historyAlarm(page, portal, "other-chain");
      await portal.done();
    });
  }

  for (const [how, answer] of [["answers that there is none", { status: 404, body: "not found\n" }], ["is out of order", { status: 503, body: "" }], ["answers something else", { body: "<p>Welcome</p>" }]]) {
    test(`a fork of which the portal gives no proof, but ${how}`, async ({ page }) => {
      const portal = await afterAVisit(page, (place) => {
        operator.rollBack(place, 50);
        for (let n = 0; n < 8; n += 1) publish(place, byFinance(place));
      });
      await page.route("**/log/consistency/**", (route) => route.fulfill(answer));
      await historyAlarm(page, portal, "withheld");
      await portal.done();
    });
  }

  test("a proof that nobody answers for accuses nobody, and is not called a proof", async ({ page }) => {
    const portal = await afterAVisit(page, (place) => publish(place, byFinance(place)));
    await page.route("**/log/consistency/**", (route) => route.abort());
    await expect(async () => {
      await checked(page, portal.at("/disclosures/20"));
      await expect(panel(page, "C8")).toHaveAttribute("data-reason", "no-consistency-proof", { timeout: 1000 });
    }).toPass();
    await expect(panel(page, "C8").locator(".answer")).toHaveText("It could not be compared with what this browser saw before.");
    await expect(page.locator(".alarm")).toBeHidden();
    await portal.done();
  });

  test("a newer tree that another window saw while this one was checking alarms nobody and stays remembered", async ({ page }) => {
    const portal = await afterAVisit(page, null);
    await page.route("**/log/evidence/**", async (route) => {
      await page.evaluate((size) => {
        const kept = JSON.parse(localStorage.getItem("gazette/v1"));
        const lines = kept.checkpoint.split("\n");
        lines[1] = size;
        localStorage.setItem("gazette/v1", JSON.stringify({ ...kept, checkpoint: lines.join("\n") }));
      }, String(NEWEST + 9));
      await route.continue();
    });
    await checked(page, portal.at("/"));
    await expect(page.locator("html")).toHaveAttribute("data-checked", "done");
    await expect(page.locator(".alarm")).toBeHidden();
    const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("gazette/v1")).checkpoint);
    expect(kept.split("\n")[1]).toBe(String(NEWEST + 9));
    await portal.done();
  });

  test("a chain that has only grown holds, and the memory grows with it", async ({ page }) => {
    const portal = await afterAVisit(page, (place) => publish(place, byFinance(place)));
    // A browser may take the checkpoint of the last second for the newest.
    await expect(async () => {
      await checked(page, portal.at("/disclosures/20"));
      await expect(panel(page, "C8")).toHaveAttribute("data-reason", "holds");
      const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("gazette/v1")).checkpoint);
      expect(kept.split("\n")[1]).toBe(String(NEWEST + 2));
    }).toPass();
    await portal.done();
  });
});
