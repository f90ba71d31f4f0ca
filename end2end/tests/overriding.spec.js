// A step that is skipped: only by whom the rule names, only with a reason, and for everybody to see; and a page that hides what was
// decided on the way is not called good.
import { begin, house, published, signed, skippable, submit, taken } from "../officers.js";
import { checked, expect, failsBy, panel, test as base } from "../fixtures.js";

const test = base.extend({ house });
// A page that lies is told of on the console too.
test.use({ mayComplain: true });

test("a step is skipped with a reason alone, readers see that it was, and a page that hides a step is caught", async ({ house, page }) => {
  test.setTimeout(300_000);
  const { author, lawyer, director, minister } = await skippable(house);
  await begin(author, house);
  const url = await submit(author);

  await lawyer.goto(url);
  await expect(lawyer.locator("form.sign")).toHaveCount(1);
  await expect(lawyer.locator("form.sign [value=override]")).toHaveCount(0);
  await minister.goto(url);
  const form = minister.locator("form.sign").filter({ has: minister.locator("[value=override]") }).first();
  await expect(form).toHaveAttribute("data-code", "legal");
  await form.locator("[value=override]").check();
  await form.getByRole("button", { name: "Sign" }).click();
  await expect(form).toHaveAttribute("data-state", "no-reason");
  await form.getByLabel("Reason").fill("The river does not wait.");
  await taken(minister, () => form.getByRole("button", { name: "Sign" }).click());
  await signed(director, url);

  const address = `${house.server.url}/en/disclosures/${await published(author, url)}`;
  for (const [lang, said] of [["en", "skipped by override"], ["zh", "越过此步"]]) {
    await checked(page, address.replace("/en/", `/${lang}/`));
    await expect(page.locator(".approval .step[data-check=holds]")).toHaveCount(2);
    await expect(page.locator(".approval .step[data-decision=override]")).toContainText(said);
    await expect(panel(page, "C6")).toHaveAttribute("data-check", "holds");
    // Nobody is told that every step was taken.
    await expect(panel(page, "C6").locator(".answer")).toContainText(lang === "en" ? "A step was skipped" : "有步骤被越过");
    await expect(page.locator("main")).not.toContainText("The river does not wait");
  }

  const altered = (alter) =>
    page.route(address, async (route) => {
      const answer = await route.fetch();
      const html = await answer.text();
      const body = alter(html);
      expect(body === html, "the page is altered").toBe(false);
      await route.fulfill({ response: answer, body });
    });
  // What each lie leaves out of what was decided, or says twice.
  const skipped = /<li [^>]*data-decision="override".*?<\/li>/s;
  for (const [what, alter] of [
    ["the skipped step left out", (html) => html.replace(skipped, "")],
    ["the skipped step unseen", (html) => html.replace(/<li ([^>]*data-decision="override")/, "<li hidden $1")],
    ["what it decided left out", (html) => html.replace(/<strong [^>]*data-field="step"[^>]*>[^<]*override[^<]*<\/strong>/, "<strong>Legal review</strong>")],
    ["a step twice", (html) => html.replace(skipped, "$&$&")],
    ["a step drawn beside the one it waited for", (html) => html.replace(/<\/ul>(?:<!>)*<\/li>(?:<!>)*<li>(?:<!>)*<ul class="side">/, "")],
    ["a step said to have taken longer", (html) => html.replace(/(<span [^>]*data-field="took"[^>]*>)[^<]*/, "$1took 3 d 2 h")],
    [
      "a step said to have taken longer, to machines too",
      (html) => html.replace(/(<span [^>]*data-field="took"[^>]*data-value=")\d+("[^>]*>)[^<]*/, (_, before, behind) => `${before}266400000${behind}took 3 d 2 h`),
    ],
    ["how long a step took left out", (html) => html.replace(/<span [^>]*data-field="took"[^>]*>[^<]*<\/span>/, "")],
    ["how it was approved left out", (html) => html.replace(/<section [^>]*class="approval".*?<\/section>/s, "")],
  ]) {
    await test.step(what, async () => {
      await altered(alter);
      await checked(page, address);
      await failsBy(page, "C7", "shown-differs");
      await page.unroute(address);
    });
  }
  // One that is there, and called otherwise, fails by itself.
  await altered((html) => html.replace(/(<strong [^>]*data-field="step"[^>]*>[^<]*)skipped by override/, "$1approved"));
  await checked(page, address);
  await expect(page.locator(".approval .step[data-check=fails]")).toHaveCount(1);
});
