// A reason that whoever decided lets the public read: each browser compares it with what was signed, and it may be closed again.
import { AGENCY, begin, house, published, signed, skippable, submit, taken } from "../officers.js";
import { checked, expect, test as base } from "../fixtures.js";

const test = base.extend({ house });
// A page that lies is told of on the console too.
test.use({ mayComplain: true });

test("a published reason is the one that was signed, an altered one is caught, and it can be closed again", async ({ house, page }) => {
  test.setTimeout(300_000);
  const { author, director, minister } = await skippable(house);
  const publisher = await house.enter("publisher", [["publisher", AGENCY]]);
  await begin(author, house);
  const url = await submit(author);

  await minister.goto(url);
  const form = minister.locator("form.sign").filter({ has: minister.locator("[value=override]") }).first();
  const sign = form.getByRole("button", { name: "Sign" });
  await form.locator("[value=override]").check();
  await form.getByLabel("Let anybody read why").check();
  await form.getByLabel("Reason", { exact: true }).fill("Call 13800138000.");
  await sign.click();
  await expect(form).toHaveAttribute("data-state", "personal-reason");
  await form.getByLabel("Reason", { exact: true }).fill("The river <b>does</b>\nnot wait.");
  await taken(minister, () => sign.click());
  await expect(minister.locator("main")).toContainText("Its reason may be read by the public once this text is published");
  await signed(director, url);
  const address = `${house.server.url}/en/disclosures/${await published(author, url)}`;

  const skipped = page.locator(".approval .step[data-decision=override]");
  for (const [lang, label] of [["en", "Reason:"], ["zh", "理由："]]) {
    await checked(page, address.replace("/en/", `/${lang}/`));
    await expect(skipped).toHaveAttribute("data-check", "holds");
    await expect(skipped.locator(".reason")).toContainText(label);
    await expect(page.locator(".approval .note").first()).toContainText(lang === "en" ? "signed with the key of the post" : "均以所示岗位的密钥签名");
    await expect(skipped.locator(".reason bdi")).toContainText("The river <b>does</b>");
    const lines = await skipped.locator(".reason bdi").evaluate((reason) => reason.innerText.split("\n").filter((line) => line.includes(" ")).length);
    expect(lines, "its two lines are two").toBe(2);
  }
  for (const [what, alter] of [
    ["another word", (html) => html.replace("not wait.", "not care.")],
    ["another salt", (html) => html.replace(/data-field="reason:[0-9a-f]{8}/, 'data-field="reason:00000000')],
    ["more behind it", (html) => html.replace("not wait.", "not wait. It is the law.")],
  ]) {
    await test.step(what, async () => {
      await page.route(address, async (route) => {
        const answer = await route.fetch();
        const html = await answer.text();
        const body = alter(html);
        expect(body === html, "the page is altered").toBe(false);
        await route.fulfill({ response: answer, body });
      });
      await checked(page, address);
      await expect(skipped).toHaveAttribute("data-check", "fails");
      await page.unroute(address);
    });
  }

  await publisher.goto(url);
  const off = publisher.getByRole("button", { name: "Close the reason to the public" });
  await off.click();
  await expect(off).toHaveCount(0);
  await expect(publisher.locator("main")).toContainText("not wait.");
  await checked(page, address);
  await expect(skipped).toHaveAttribute("data-check", "holds");
  await expect(skipped).toContainText("sealed with it, and not published");
  await expect(page.locator("main")).not.toContainText("not wait");
});
