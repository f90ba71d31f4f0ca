// A rule by which steps come to the log with the publication they lead to: nothing shows before it, and no page says when a step was taken.
import { AGENCY, begin, house, keyOf, ruled, signed, submit } from "../officers.js";
import { checked, expect, panel, test as base } from "../fixtures.js";

const test = base.extend({ house });

test("steps are kept at the desk until it is published, and readers read why their times say nothing", async ({ house, page }) => {
  test.setTimeout(240_000);
  const author = await house.enter("author");
  const anna = await house.enter("anna", [["reviewer", AGENCY]]);
  await keyOf(anna, house, "anna", "legal");
  const dong = await house.enter("dong", [["approver", AGENCY]]);
  await keyOf(dong, house, "dong", "director");
  await ruled(house, [["legal", 1, ["legal"]], ["sign", 1, ["director"], "legal"]], [], { deferred: true });
  await begin(author, house);
  const url = await submit(author);

  const before = await house.size();
  await signed(anna, url);
  await expect.poll(() => house.steps()).toBe(1);
  expect(await house.size()).toBe(before);
  await signed(dong, url);
  await expect(async () => {
    await author.goto(url);
    await expect(author.locator(".stand")).toContainText("Published", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  // Both steps, and what they approve.
  expect(await house.size()).toBe(before + 3);

  const address = house.server.url + (await author.getByRole("link", { name: "See it as readers do" }).getAttribute("href"));
  for (const [lang, why, rule] of [
    ["en", "the times are when they were logged, not when they were taken", "it does not say when each was taken"],
    ["zh", "所示时间为载入时间，而非作出决定的时间", "链上不载明各步骤何时办理"],
  ]) {
    await checked(page, address.replace("/en/", `/${lang}/`));
    await expect(page.locator(".approval .flow > li")).toHaveCount(2);
    await expect(page.locator(".approval .step[data-check=holds]")).toHaveCount(2);
    await expect(page.locator(".approval")).toContainText(why);
    await expect(page.locator(".approval .took")).toHaveCount(0);
    await expect(panel(page, "C6")).toHaveAttribute("data-check", "holds");
    // The agency's page says so of its rule.
    await checked(page, `${house.server.url}/${lang}/agencies/${AGENCY}`);
    await expect(page.locator(".ruled")).toContainText(rule);
    await expect(page.locator(".ruled li")).toHaveCount(2);
  }
});
