// Fills one data folder with the sample before all tests; each test that needs a chain of its own copies it.
import { expect } from "@playwright/test";
import { serve, temporaryPlace } from "./gazette.js";
import { sql, value } from "./database.js";

export default async function fill() {
  const place = await temporaryPlace();
  const server = await serve(place);
  // Search and figures follow the log; what they had left to do, each copy's server would do while its tests look already.
  const found = () => fetch(`${server.url}/en/search?q=kettle`).then((answer) => answer.text());
  await expect.poll(async () => (await found()).includes('/en/disclosures/53"'), { timeout: 60_000 }).toBe(true);
  await expect.poll(() => value(place, "select (select size from counted) = (select size from head)"), { timeout: 60_000 }).toBe(1);
  await server.stop();
  // One file again, whole, so that a copy of it is a copy of everything.
  sql(place, "pragma wal_checkpoint(truncate)");
  process.env.GAZETTE_SAMPLE = place.path;
  return () => place.remove();
}
