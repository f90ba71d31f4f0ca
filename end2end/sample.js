// Fills one data folder with the sample before all tests; each test that needs a chain of its own copies it.
import { serve, temporaryPlace } from "./gazette.js";
import { sql } from "./database.js";

export default async function fill() {
  const place = await temporaryPlace();
  const server = await serve(place);
  await server.stop();
  // One file again, whole, so that a copy of it is a copy of everything.
  sql(place, "pragma wal_checkpoint(truncate)");
  process.env.GAZETTE_SAMPLE = place.path;
  return () => place.remove();
}
