// Coming in by a department's own sign-in, and everything that does not get in that way.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join as path } from "node:path";
import { CLIENT, department, lyingDepartment } from "../department.js";
import { PASSWORD, firstAdministrator, invite, signOut } from "../desk.js";
import { expect, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";
import { staffSql } from "../people.js";
import { createServer } from "node:net";

const FINANCE = "gazette.example/finance";

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const test = base.extend({
  house: async ({}, use) => {
    const place = await copyOf(sample());
    const port = await freePort();
    const back = `http://127.0.0.1:${port}/desk/department/back`;
    const [real, lying] = [await department(back), await lyingDepartment()];
    await writeFile(path(place.path, "secret"), `${CLIENT.secret}\n`);
    const one = { client: CLIENT.id, secret_file: path(place.path, "secret"), agency: FINANCE, scopes: ["profile"], amr: ["mfa"] };
    const list = [
      { ...one, id: "finance", issuer: real.issuer, name_zh: "财政局", name_en: "the Finance Bureau" },
      { ...one, id: "lying", issuer: lying.issuer, name_zh: "别处", name_en: "another house" },
    ];
    await writeFile(path(place.path, "departments.json"), JSON.stringify(list));
    const server = await serve(place, { port, env: { GAZETTE_DEPARTMENTS: path(place.path, "departments.json") } });
    await use({ place, server, real, lying });
    await server.stop();
    await Promise.all([real.stop(), lying.stop()]);
    await place.remove();
  },
  baseURL: async ({ house }, use) => use(house.server.url),
  mayComplain: true,
});

/** Says at the department who one is. */
async function tell(page, who) {
  await page.locator("#who").fill(who);
  await page.locator("button").click();
}

/** The department asks this browser anew who it is. */
const forget = (page) => page.context().clearCookies({ name: /^_session/ });

const by = (page, name) => page.getByRole("button", { name: `Sign in with ${name}` });

/** An invitation of the finance bureau, taken up by its own sign-in. */
async function joined(admin, browser, baseURL, house, who = "wang", roles = ["drafter"]) {
  const link = await invite(admin, FINANCE, "王芳", roles);
  const page = await (await browser.newContext({ baseURL })).newPage();
  await page.goto(link);
  await page.locator("#login").fill(`${who}.fang`);
  await by(page, "the Finance Bureau").click();
  await tell(page, who);
  return page;
}

test("an invitation is taken up with the department's sign-in, which opens the desk from then on and no more than that", async ({ page, house, browser, baseURL }) => {
  test.slow();
  await firstAdministrator(page, house.server);
  const wang = await joined(page, browser, baseURL, house);
  await expect(wang).toHaveURL(/\/en\/desk$/);
  await expect(wang.locator(".who")).toContainText("王芳");
  await signOut(wang);

  // There is no password, not even an empty one.
  for (const password of ["", PASSWORD]) {
    await wang.locator("#login").fill("wang.fang");
    await wang.locator("#password").fill(password);
    await wang.locator("form.form button").click();
    await expect(wang.locator(".faults")).toBeVisible();
  }
  // The department knows this browser still, and asks nothing.
  await wang.goto("/en/desk/account?done=saved");
  await by(wang, "the Finance Bureau").click();
  await expect(wang.locator(".who")).toContainText("王芳");
  await wang.goto("/en/desk/account");
  await expect(wang.locator("section.departments")).toContainText("Officer wang");
  // Nothing is asked that is not there, nor offered that is bound already.
  await expect(wang.locator("#present")).toHaveCount(0);
  await expect(wang.getByRole("button", { name: "Use the Finance Bureau" })).toHaveCount(0);
  // The last way in stays.
  await wang.getByRole("button", { name: /^Remove the sign-in/ }).click();
  await expect(wang.locator(".faults")).toContainText("Nothing else would let you in");

  // Somebody whom the department knows and the desk does not.
  const other = await (await browser.newContext({ baseURL })).newPage();
  await other.goto("/en/desk/sign-in");
  await by(other, "the Finance Bureau").click();
  await tell(other, "zhao");
  await expect(other.locator("h1")).toHaveText("Nobody here signs in that way");
  // Nor does breaking off open anything.
  await other.context().clearCookies();
  await other.goto("/en/desk/sign-in");
  await by(other, "the Finance Bureau").click();
  await tell(other, "");
  await expect(other.locator("h1")).toHaveText("Your department's sign-in did not work");

  // The account ends, and with it the way in.
  const [{ id }] = staffSql(house.place, "select id from accounts where login = 'wang.fang'");
  await page.goto(`/en/desk/people/person/${id}`);
  await page.getByRole("button", { name: "End this account" }).click();
  await expect(page.getByRole("button", { name: "End this account" })).toHaveCount(0);
  await wang.goto("/en/desk");
  await expect(wang).toHaveURL(/sign-in/);
  await by(wang, "the Finance Bureau").click();
  await expect(wang.locator("h1")).toHaveText("Nobody here signs in that way");
});

test("a second factor is asked unless the department says that it was shown, and an identity opens one account", async ({ page, house, browser, baseURL }) => {
  test.slow();
  await firstAdministrator(page, house.server);
  const wang = await joined(page, browser, baseURL, house, "wang", ["reviewer"]);
  await expect(wang).toHaveURL(/\/account\/authenticator$/);
  house.real.amr = ["pwd", "mfa"];
  const again = await (await browser.newContext({ baseURL })).newPage();
  await again.goto("/en/desk/sign-in");
  await by(again, "the Finance Bureau").click();
  await tell(again, "wang");
  await expect(again).toHaveURL(/\/en\/desk$/);

  // The same identity makes no second account.
  const second = await invite(page, FINANCE, "Zhao", ["drafter"]);
  await again.context().clearCookies();
  await again.goto(second);
  await again.locator("#login").fill("zhao");
  await by(again, "the Finance Bureau").click();
  await tell(again, "wang");
  await expect(again.locator("h1")).toHaveText("This sign-in is somebody's already");

  // Bound by somebody with a password, and unbound.
  await again.goto(second);
  await again.locator("#login").fill("zhao");
  await again.locator("#password").fill(PASSWORD);
  await again.locator("#repeat").fill(PASSWORD);
  await again.getByRole("button", { name: "Make my account" }).click();
  await expect(again).toHaveURL(/\/en\/desk$/);
  await again.goto("/en/desk/account");
  await forget(again);
  await again.getByRole("button", { name: "Use the Finance Bureau" }).click();
  await tell(again, "zhao");
  await expect(again).toHaveURL(/\/account\?done=saved$/);
  await expect(again.locator("section.departments")).toContainText("Officer zhao");
  await again.getByRole("button", { name: /^Remove the sign-in/ }).click();
  await expect(again.locator("section.departments")).not.toContainText("Officer zhao");
});

test("a department that does not answer lets nobody in and says so in the reader's language; nothing secret is logged", async ({ page, house }) => {
  house.lying.silent = true;
  await page.goto("/en/desk/sign-in");
  await by(page, "another house").click();
  await expect(page.locator("h1")).toHaveText("Your department's sign-in cannot be reached");
  const state = house.lying.asked.get("state");
  await house.real.stop();
  await page.goto("/zh/desk/sign-in");
  await page.getByRole("button", { name: "用财政局账号登录" }).click();
  await expect(page.locator("h1")).toHaveText("部门登录服务暂时无法使用");
  await expect(page.locator("main")).toContainText("未作任何更改");
  await page.goto("/zh/desk");
  await expect(page).toHaveURL(/sign-in/);
  // Why is in the log, and nothing that opens anything.
  await expect.poll(() => house.server.log).toContain("a department's sign-in cannot be used");
  for (const secret of [CLIENT.secret, encodeURIComponent(CLIENT.secret), state, "code_verifier"]) expect(house.server.log).not.toContain(secret);
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

test("pages with departments fit a phone and break no rule of WCAG 2.2 AA, in both languages, light and dark", async ({ page, house, browser, baseURL }) => {
  test.slow();
  await page.setViewportSize({ width: 360, height: 740 });
  const looks = async (page) => {
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(wide, page.url()).toBeLessThanOrEqual(screen);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.evaluate(axe);
      const faults = await page.evaluate(async (values) => {
        const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values } });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
      }, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
      expect(faults, `${page.url()} ${colorScheme}`).toEqual([]);
    }
  };
  await firstAdministrator(page, house.server);
  const link = await invite(page, FINANCE, "王芳", ["drafter"]);
  const wang = await (await browser.newContext({ baseURL, viewport: { width: 360, height: 740 } })).newPage();
  for (const lang of ["en", "zh"]) {
    await wang.goto(`/${lang}/desk/sign-in`);
    await looks(wang);
    await wang.goto(link.replace("/en/", `/${lang}/`));
    await looks(wang);
  }
  await wang.locator("#login").fill("wang.fang");
  await wang.getByRole("button", { name: "用财政局账号登录" }).click();
  await tell(wang, "wang");
  // The page between goes on by itself, also over one that is opened meanwhile.
  await expect(wang).toHaveURL(/\/zh\/desk$/);
  for (const lang of ["en", "zh"]) {
    await wang.goto(`/${lang}/desk/account`);
    await expect(wang.locator("section.departments")).toContainText("Officer wang");
    await looks(wang);
  }
  await wang.context().close();
});

test("what a department says counts only if it is signed, of now, for this desk and this way", async ({ page, house, browser, baseURL }) => {
  test.slow();
  await firstAdministrator(page, house.server);
  const id = Buffer.from("wang".padEnd(16, ".")).toString("hex");
  staffSql(
    house.place,
    `insert into accounts (id, login, name, password, password_set, created, created_by, ended) values ('${id}', 'wang', 'Wang', '', 1, 1, '', 0);
     insert into roles (account, role, agency, given, given_by) values ('${id}', 'drafter', '${FINANCE}', 1, '');
     insert into identities (issuer, subject, account, department, shown, added, used) values ('${house.lying.issuer}', 'wang', '${id}', 'lying', 'Wang', 1, 0)`,
  );
  const wang = await (await browser.newContext({ baseURL })).newPage();
  const enter = async () => {
    await wang.context().clearCookies();
    await wang.goto("/en/desk/sign-in");
    await by(wang, "another house").click();
    await expect(wang.locator("h1")).not.toHaveText(/One moment|Sign in/);
  };
  const now = Math.floor(Date.now() / 1000);
  const lies = [
    { claims: () => ({ nonce: "another" }) },
    { claims: () => ({ nonce: undefined }) },
    { claims: () => ({ aud: "somebody else" }) },
    { claims: () => ({ aud: [CLIENT.id, "somebody else"] }) },
    { claims: () => ({ iss: house.real.issuer }) },
    { claims: () => ({ exp: now - 3600 }) },
    { key: "other" },
    { alg: "none" },
    { alg: "HS256" },
  ];
  for (const lie of lies) {
    Object.assign(house.lying, { claims: () => ({}), key: "own", alg: "ES256" }, lie);
    await enter();
    await expect(wang.locator("h1"), JSON.stringify(lie)).toHaveText("Your department's sign-in did not work");
  }
  Object.assign(house.lying, { claims: () => ({}), key: "own", alg: "ES256" });
  await enter();
  await expect(wang.locator(".who")).toContainText("Wang");

  // A way back is taken once, by the browser that set out, with its own state.
  const state = house.lying.asked.get("state");
  for (const address of [`?code=x&state=${state}`, "?code=x&state=0", "?code=x", ""]) {
    const answer = await wang.goto(`/desk/department/back${address}`);
    expect(answer.status(), address).toBe(403);
  }
  const stranger = await (await browser.newContext({ baseURL })).newPage();
  expect((await stranger.goto(`/desk/department/back?code=x&state=${state}`)).status()).toBe(403);
});
