// The people of the desk: from the first link to a second person in a browser of their own, and what each may see.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PASSWORD, enrol, firstAdministrator, firstLink, invite, join, signIn, signOut } from "../desk.js";
import { expect, sample, test as base } from "../fixtures.js";
import { copyOf, serve } from "../gazette.js";

const FINANCE = "gazette.example/finance";
const TRANSPORT = "gazette.example/transport";

// A desk of the test's own, where nobody has an account yet.
const test = base.extend({
  desk: async ({}, use) => {
    const place = await copyOf(sample());
    const server = await serve(place);
    await use(server);
    await server.stop();
    await place.remove();
  },

  baseURL: async ({ desk }, use) => use(desk.url),
});

/** Goes to a field with Tab alone, and types into it. */
async function type(page, selector, text) {
  for (let tabs = 0; tabs < 80; tabs += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return page.keyboard.type(text);
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${selector}`);
}

async function fits(page) {
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(wide, page.url()).toBeLessThanOrEqual(screen);
}

for (const lang of ["en", "zh"]) {
  test.describe(`without scripts, ${lang}`, () => {
    test.use({ javaScriptEnabled: false, mayComplain: true });

    test("the first link makes an administrator, who leaves, comes back and invites somebody, who sees what is theirs alone", async ({ page, desk, browser, baseURL }) => {
      test.slow();
      const admin = await firstAdministrator(page, desk, lang);
      await expect(page).toHaveURL(new RegExp(`/${lang}/desk$`));
      await expect(page.locator(".who")).toContainText("李伟");
      await expect(page.locator(`nav a[href="/${lang}/desk/people"]`)).toBeVisible();

      // The link was good once.
      const link = await firstLink(desk);
      expect((await page.goto(link)).status()).toBe(404);

      await page.goto(`/${lang}/desk`);
      await signOut(page);
      await expect(page).toHaveURL(/sign-in\?out=1$/);
      await page.goto(`/${lang}/desk/people`);
      await expect(page).toHaveURL(/\/desk\/sign-in\?to=/);
      await page.locator("#login").fill(admin.login);
      await page.locator("#password").fill("not the password");
      await page.locator("form.form button").click();
      await expect(page.locator(".faults")).toBeVisible();
      await expect(page.locator("#login")).toHaveValue(admin.login);
      await page.locator("#password").fill(PASSWORD);
      await page.locator("form.form button").click();
      await expect(page).toHaveURL(/\/desk\/code/);
      // Without the phone: a recovery code.
      await page.locator("#code").fill(admin.codes[0]);
      await page.locator("form.form button").click();
      await expect(page).toHaveURL(new RegExp(`/${lang}/desk/people$`));

      const invitation = await invite(page, FINANCE, "王芳", ["drafter"], lang);
      expect(invitation).toContain(`/${lang}/desk/links/`);
      await page.reload();
      await expect(page.locator(".once")).toHaveCount(0);

      const theirs = await browser.newContext({ baseURL, javaScriptEnabled: false });
      const second = await theirs.newPage();
      await join(second, invitation, { login: "wang.fang" });
      await expect(second).toHaveURL(new RegExp(`/${lang}/desk$`));
      await expect(second.locator(".who")).toContainText("王芳");
      await expect(second.locator(".held")).toContainText(FINANCE);
      await expect(second.locator('nav a[href$="/people"], nav a[href$="/journal"]')).toHaveCount(0);
      for (const path of ["/people", `/people/of/${FINANCE}`, `/people/of/${TRANSPORT}`, "/people/portal", "/journal", "/nowhere"]) {
        expect((await second.goto(`/${lang}/desk${path}`)).status(), path).toBe(404);
      }

      // What the administrator gives is there at the next page, and asks for a second factor first.
      await page.goto(`/${lang}/desk/people/of/${FINANCE}`);
      await page.locator(".rows .person a", { hasText: "王芳" }).click();
      await page.locator("#role-1-administrator, #role-0-administrator").last().check();
      await page.locator('form:has(input[value="roles"]) button').nth(1).click();
      await second.goto(`/${lang}/desk`);
      await enrol(second, { login: "wang.fang" });
      expect((await second.goto(`/${lang}/desk/people/of/${FINANCE}`)).status()).toBe(200);
      expect((await second.goto(`/${lang}/desk/people/of/${TRANSPORT}`)).status()).toBe(404);

      // The administrator shows them out: their next page is the door.
      await page.locator("form button.grave").click();
      await expect(page.locator("form button.grave")).toHaveCount(0);
      await second.goto(`/${lang}/desk`);
      await expect(second).toHaveURL(/\/desk\/sign-in/);
      await page.goto(`/${lang}/desk/journal`);
      await expect(page.locator(".done")).toBeVisible();
      await expect(page.locator(".journal li").first()).toContainText("王芳");
      await theirs.close();
    });
  });
}

test("by keyboard alone an account is made, left, and come back to", async ({ page, desk }) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto((await firstLink(desk)).replace("/desk/", "/zh/desk/"));
  await type(page, "#name", "李伟");
  await type(page, "#login", "li.wei");
  await type(page, "#password", "password1234");
  await type(page, "#repeat", "password1234");
  await page.keyboard.press("Enter");
  // What is wrong is said first, and leads to its field.
  await expect(page.locator(".faults a")).toHaveCount(1);
  await expect(page).toHaveTitle(/^有误/);
  await type(page, ".faults a", "");
  await page.keyboard.press("Enter");
  await expect(page.locator("#password")).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await type(page, "#repeat", PASSWORD);
  await page.keyboard.press("Enter");
  const person = { login: "li.wei" };
  await expect(page).toHaveURL(/\/zh\/desk\/account\/authenticator$/);
  await enrol(page, person);
  await type(page, "form.who button", "");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/sign-in\?out=1$/);
  await signIn(page, person, "zh");
  await expect(page.locator(".who")).toContainText("李伟");
});

test("sessions in two browsers are seen and ended from one of them", async ({ page, desk, browser, baseURL }) => {
  test.slow();
  const admin = await firstAdministrator(page, desk);
  const context = await browser.newContext({ baseURL });
  const elsewhere = await context.newPage();
  await signIn(elsewhere, admin);
  await expect(elsewhere.locator(".who")).toBeVisible();
  await page.goto("/en/desk/account");
  await expect(page.locator(".sessions > li")).toHaveCount(2);
  await page.locator(".sessions button").click();
  await expect(page.locator(".sessions > li")).toHaveCount(1);
  await elsewhere.goto("/en/desk");
  await expect(elsewhere).toHaveURL(/\/desk\/sign-in/);
  await context.close();
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async (values) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values } });
    return violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target}: ${failureSummary}`) }));
  }, TAGS);
}

test("every page of the desk fits a phone and breaks no rule of WCAG 2.2 AA, in both languages, light and dark", async ({ page, desk }) => {
  test.setTimeout(300_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  const looks = async () => {
    // With its styles: a form or a link leads to a page that is still coming.
    await page.waitForLoadState();
    await fits(page);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page), `${page.url()} ${colorScheme}`).toEqual([]);
    }
  };
  const link = await firstLink(desk);
  for (const lang of ["en", "zh"]) {
    await page.goto(link.replace("/desk/", `/${lang}/desk/`));
    await looks();
    await page.goto(`/${lang}/desk/sign-in`);
    await looks();
  }
  await page.locator("form.form button").click();
  await expect(page.locator(".faults")).toBeVisible();
  await looks();
  const person = { login: "li.wei", name: "李伟" };
  await join(page, link.replace("/desk/", "/en/desk/"), person);
  await expect(page.locator("svg.qr")).toBeVisible();
  await looks();
  await enrol(page, person);
  await invite(page, FINANCE, "Wang Fang", ["drafter", "administrator"]);
  await looks();
  for (const lang of ["en", "zh"]) {
    for (const path of ["", "/account", "/account/authenticator", "/account/codes", "/people", `/people/of/${FINANCE}`, "/people/portal", "/people/link", "/journal"]) {
      await page.goto(`/${lang}/desk${path}`);
      await looks();
    }
    await page.goto(`/${lang}/desk/people/portal`);
    await page.locator(".rows .person a").first().click();
    await expect(page).toHaveURL(/\/people\/person\//);
    await looks();
  }
});

test("a passkey is added and shown instead of a code, opens nothing for another site's name, and is the last to go", async ({ browser }) => {
  test.slow();
  const place = await copyOf(sample());
  // Browsers bind passkeys to a name, which 127.0.0.1 is not.
  const probe = await serve(place);
  const port = probe.port;
  await probe.stop();
  const server = await serve(place, { port, args: ["--base", `http://localhost:${port}`] });
  const context = await browser.newContext({ baseURL: `http://localhost:${port}` });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
    const person = { login: "li.wei", name: "李伟" };
    await join(page, (await firstLink(server)).replace("/desk/", "/en/desk/"), person);
    // Instead of an app.
    await page.locator('a[href$="/account/passkeys"]').click();
    await page.locator("#name").fill("laptop");
    await page.locator("form[data-passkey] button").click();
    await expect(page.locator("ol.codes li")).toHaveCount(10);
    await page.goto("/en/desk/account/passkeys");
    await expect(page.locator(".rows > li")).toContainText("laptop");
    // The last of somebody who must have one stays.
    await page.locator(".rows button").click();
    await expect(page.locator(".faults")).toContainText("Add another before you remove the last");
    await page.goto("/en/desk");
    await signOut(page);
    await page.locator("#login").fill(person.login);
    await page.locator("#password").fill(PASSWORD);
    await page.locator("form.form button").click();
    await expect(page).toHaveURL(/\/desk\/code/);
    await page.goto("/en/desk/people");
    await expect(page).toHaveURL(/\/desk\/code/);
    // What no passkey has signed opens nothing.
    await page.locator("form[data-passkey]").evaluate((form) => {
      form.elements.credential.value = "{}";
      form.submit();
    });
    await expect(page.locator(".faults")).toBeVisible();
    await page.locator("form[data-passkey] button").click();
    await expect(page).toHaveURL(/\/en\/desk(\/people)?$/);
    await expect(page.locator(".who")).toContainText("李伟");
  } finally {
    await context.close();
    await server.stop();
    await place.remove();
  }
});
