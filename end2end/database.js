// The chain's database, opened behind the server's back with SQLite's own command line.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Runs SQL on a place's database; answers the rows of its queries. Blobs are read with hex(…) and written by `blob`. */
export function sql(place, text) {
  const file = join(place.data, "gazette.sqlite");
  // The server may be writing, or emptying its log.
  const input = `.timeout 30000\n${text};\n`;
  const out = execFileSync("sqlite3", ["-bail", "-json", file], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  return out.trim() === "" ? [] : JSON.parse(out);
}

/** One value of the first row. */
export function value(place, text) {
  return Object.values(sql(place, text)[0])[0];
}

export function blob(bytes) {
  return `x'${Buffer.from(bytes).toString("hex")}'`;
}

export function text(value) {
  return value === null || value === undefined ? "null" : `'${String(value).replaceAll("'", "''")}'`;
}

/** Rewrites the `bytes` of exactly one row, from one text to another of the same length. */
export function replace(place, table, where, from, to) {
  const rows = sql(place, `select rowid as id, hex(bytes) as bytes from ${table} where ${where}`);
  if (rows.length !== 1) throw new Error(`${rows.length} rows of ${table} where ${where}`);
  const bytes = Buffer.from(rows[0].bytes, "hex");
  const [before, after] = [Buffer.from(from), Buffer.from(to)];
  const at = bytes.indexOf(before);
  if (at < 0) throw new Error(`${JSON.stringify(from)} is not in ${bytes}`);
  if (before.length !== after.length) throw new Error(`${from} and ${to} are not equally long`);
  after.copy(bytes, at);
  sql(place, `update ${table} set bytes = ${blob(bytes)} where rowid = ${rows[0].id}`);
}
