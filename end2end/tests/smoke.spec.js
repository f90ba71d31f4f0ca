// The portal is there.
import { expect, test } from "../fixtures.js";

test("the front page answers in the reader's language with a heading", async ({ page }) => {
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", /^(en|zh)/);
});
