// A cheating operator: holds the log's own key and every key that lies on the server, writes what the rules forbid,
// and makes tree, tiles, checkpoints and derived rows fit it. Written from docs/protocol.md alone, in another language
// than the portal, so that no mistake of the portal's code is also made here.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { blob, sql, text, value } from "./database.js";
import { run } from "./gazette.js";

const ZERO = Buffer.alloc(32);
const hash = (...pieces) => pieces.reduce((sum, piece) => sum.update(piece), createHash("sha256")).digest();
const leafHash = (entry) => hash(Buffer.of(0), entry);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const statementId = () => randomBytes(16).toString("hex");

// Keys and notes

/** A key as the portal keeps it, from its file in the data folder: `log`, `registrar`, `seal-gazette.example+finance`. */
export function key(place, name) {
  const [, named, secret] = readFileSync(join(place.data, "keys", `${name}.key`), "utf8").split("\n");
  return keyOf(named, Buffer.from(secret, "hex"));
}

/** A key that nobody registered, under any name. */
export function stranger(name) {
  return keyOf(name, randomBytes(32));
}

/** A key of an outside witness, with which it cosigns checkpoints. */
export function witness(name) {
  return keyOf(name, randomBytes(32), 4);
}

function keyOf(name, secret, type = 1) {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const privateKey = createPrivateKey({ key: Buffer.concat([prefix, secret]), format: "der", type: "pkcs8" });
  const bytes = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const typed = Buffer.concat([Buffer.of(type), bytes]);
  const id = hash(`${name}\n`, typed).subarray(0, 4);
  return { name, id, privateKey, vkey: `${name}+${id.toString("hex")}+${base64(typed)}` };
}

function note(body, ...keys) {
  const lines = keys.map((by) => `— ${by.name} ${base64(Buffer.concat([by.id, sign(null, Buffer.from(body), by.privateKey)]))}\n`);
  return `${body}\n${lines.join("")}`;
}

// The tree

function subtree(leaves) {
  if (leaves.length === 1) return leaves[0];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return hash(Buffer.of(1), subtree(leaves.slice(0, half)), subtree(leaves.slice(half)));
}

function root(leaves) {
  return leaves.length === 0 ? hash() : subtree(leaves);
}

function tiles(leaves) {
  const found = [];
  for (let level = 0, hashes = leaves; hashes.length > 0; level += 1) {
    for (let at = 0; at < hashes.length; at += 256) found.push([level, at / 256, Buffer.concat(hashes.slice(at, at + 256))]);
    const whole = Math.floor(hashes.length / 256);
    hashes = Array.from({ length: whole }, (_, n) => subtree(hashes.slice(n * 256, n * 256 + 256)));
  }
  return found;
}

export function checkpoint(origin, leaves, by) {
  return note(`${origin}\n${leaves.length}\n${base64(root(leaves))}\n`, by);
}

// The registry

function registryRoot(map) {
  const leaves = [...map].map(([id, leaf]) => [hash(id), leaf]);
  const bit = (place, depth) => (place[depth >> 3] >> (7 - (depth % 8))) & 1;
  const at = (some, depth) => {
    if (some.length === 0) return ZERO;
    if (some.length === 1) return hash(Buffer.of(2), some[0][0], some[0][1]);
    const side = (wanted) => at(some.filter(([place]) => bit(place, depth) === wanted), depth + 1);
    return hash(Buffer.of(3), side(0), side(1));
  };
  return at(leaves, 0);
}

// Entries

function header(fields) {
  const { index, time, previous, registry } = fields;
  return `gazette/v1\nindex ${index}\ntime ${time}\nprevious ${base64(previous)}\nregistry ${base64(registry)}\n\n`;
}

function parse(bytes) {
  const whole = bytes.toString("utf8");
  const end = whole.indexOf("\n\n");
  const lines = whole.slice(0, end).split("\n");
  const of = (n, name) => lines[n].slice(name.length + 1);
  return {
    index: Number(of(1, "index")),
    time: of(2, "time"),
    previous: Buffer.from(of(3, "previous"), "base64"),
    registry: Buffer.from(of(4, "registry"), "base64"),
    note: whole.slice(end + 2),
  };
}

const core = (statement) => JSON.parse(statement.split("\n")[1]);

function signer(statement) {
  const { type, agency } = core(statement);
  if (type === "charter" || type === "agency" || type === "post") return statement.split("\n")[0].split(" ")[1];
  return type === "step" ? /^— (\S+) /m.exec(statement)[1] : agency;
}

const registers = (statement) => {
  const { type, origin, agency, post } = core(statement);
  return { charter: origin, agency, post }[type];
};

/** Every entry of a place, oldest first, in parts. */
export function entries(place) {
  return sql(place, "select hex(bytes) as bytes from entries order by idx").map((row) => parse(Buffer.from(row.bytes, "hex")));
}

export function origin(place) {
  return value(place, "select origin from head");
}

/** Leaf hash and index of a logged entry, as statements refer to it. */
export function reference(place, index) {
  const bytes = Buffer.from(value(place, `select hex(bytes) from entries where idx = ${index}`), "hex");
  return { index, leaf: base64(leafHash(bytes)) };
}

/**
 * What the rules would have the next entry's header say, changed by `lie`; then the entry with this note, in a tree that
 * has it, under a checkpoint that the log's own key signs. `contents` are the parts the statement commits to.
 */
export function append(place, statement, { lie = {}, contents = [] } = {}) {
  const logged = sql(place, "select hex(bytes) as bytes from entries order by idx").map((row) => Buffer.from(row.bytes, "hex"));
  const registry = new Map(sql(place, "select id, hex(leaf) as leaf from registrations order by idx").map(({ id, leaf }) => [id, Buffer.from(leaf, "hex")]));
  const last = parse(logged.at(-1));
  const index = logged.length;
  const honest = { index, time: last.time, previous: leafHash(logged.at(-1)), registry: registryRoot(registry) };
  const entry = Buffer.from(header({ ...honest, ...lie }) + statement);
  const id = registers(statement);
  sql(place, [`insert into entries (idx, bytes) values (${index}, ${blob(entry)})`, ...derived(index, entry, id, contents)].join(";"));
  seal(place);
  return index;
}

// The rows that page and lists are drawn from, which the portal derives from each entry.
function derived(index, entry, id, contents) {
  const { note: statement } = parse(entry);
  const said = core(statement);
  const leaf = blob(leafHash(entry));
  const rows = [`insert or ignore into submissions (key, idx) values (${blob(hash(signer(statement), "\0", said.id))}, ${index})`];
  if (id) rows.push(`insert into registrations (idx, id, leaf) values (${index}, ${text(id)}, ${leaf})`);
  if (said.type === "disclosure") {
    const stated = said.stated?.published ?? null;
    const fields = [text(said.agency), text(said.genre), text(said.theme), text(said.language), text(stated), "null"];
    rows.push(`insert into items values (${index}, ${leaf}, ${index}, 1, ${fields.join(",")})`);
  }
  if (said.type === "redaction") rows.push(`insert into events values (${index}, ${said.target.index}, 'redaction', null)`);
  contents.forEach(({ commitment, media, salt, bytes }, part) => {
    const fields = [blob(commitment), text(media), bytes.length, blob(salt), blob(bytes)];
    rows.push(`insert into contents (entry, part, commitment, media, size, salt, bytes) values (${index}, ${part}, ${fields.join(",")})`);
  });
  return rows;
}

/** Makes everything that is derived from the entries' bytes fit them, and signs every checkpoint anew. */
export function seal(place, by = key(place, "log")) {
  const rows = sql(place, "select idx, hex(bytes) as bytes from entries order by idx");
  const logged = rows.map((row) => Buffer.from(row.bytes, "hex"));
  const leaves = logged.map(leafHash);
  rest(place, leaves, by, [
    ...leaves.map((leaf, index) => `update items set leaf = ${blob(leaf)} where idx = ${index}`),
    ...leaves.map((leaf, index) => `update registrations set leaf = ${blob(leaf)} where idx = ${index}`),
  ]);
}

// Tiles, checkpoints and head for these leaf hashes.
function rest(place, leaves, by, more = []) {
  const named = origin(place);
  const size = leaves.length;
  const known = sql(place, "select size from checkpoints").map((row) => row.size);
  const sizes = [...new Set([...known.filter((old) => old < size), size])];
  const signed = new Map(sizes.map((old) => [old, checkpoint(named, leaves.slice(0, old), by)]));
  const times = entries(place).map((entry) => Date.parse(entry.time));
  sql(place, [
    "begin",
    ...more,
    "delete from tiles",
    ...tiles(leaves).map(([level, number, bytes]) => `insert into tiles values (${level}, ${number}, ${blob(bytes)})`),
    "delete from checkpoints",
    ...sizes.map((old) => `insert into checkpoints values (${old}, ${text(signed.get(old))}, ${times[old - 1]})`),
    `update head set size = ${size}, leaf = ${blob(leaves.at(-1))}, time = ${times.at(-1)}, checkpoint = ${text(signed.get(size))}`,
    "commit",
  ].join(";"));
  forgetIndex(place);
}

/** Alters one byte of a tile, and signs the tree that then stands there. */
export function sealTile(place, byte) {
  const whole = Buffer.from(value(place, "select hex(bytes) from tiles where level = 0 and number = 0"), "hex");
  whole[byte] ^= 1;
  const leaves = Array.from({ length: whole.length / 32 }, (_, n) => whole.subarray(n * 32, n * 32 + 32));
  rest(place, leaves, key(place, "log"));
}

/** Puts entries in another order or leaves some out: `order` lists the old indexes. Headers stay as they were, or are `rewritten`. */
export function reorder(place, order, { rewritten = false } = {}) {
  const old = entries(place);
  const moved = order.map((from) => ({ ...old[from] }));
  const registry = new Map();
  let [previous, time] = [ZERO, ""];
  const made = moved.map((entry, index) => {
    const honest = { index, previous, registry: registryRoot(registry), time: entry.time < time ? time : entry.time };
    const fields = rewritten ? { ...entry, ...honest } : entry;
    const bytes = Buffer.from(header(fields) + entry.note);
    previous = leafHash(bytes);
    time = fields.time;
    const id = registers(entry.note);
    if (id) registry.set(id, previous);
    return bytes;
  });
  const to = (from) => order.indexOf(from);
  const tables = { items: ["idx", "document"], contents: ["entry"], events: ["idx", "target", "instrument"], registrations: ["idx"], submissions: ["idx"], acts: ["idx"], decisions: ["act", "step"] };
  const moves = [];
  for (const [table, columns] of Object.entries(tables)) {
    for (const column of columns) {
      const cases = old.map((_, from) => `when ${from} then ${to(from) < 0 ? -1000 - from : -1 - to(from)}`).join(" ");
      moves.push(`update ${table} set ${column} = case ${column} ${cases} else ${column} end`);
      moves.push(`delete from ${table} where ${column} <= -1000`, `update ${table} set ${column} = -1 - ${column} where ${column} < 0`);
    }
  }
  const inserts = made.map((bytes, index) => `insert into entries (idx, bytes) values (${index}, ${blob(bytes)})`);
  sql(place, ["begin", "delete from entries", ...inserts, ...moves, `update counted set size = ${made.length}`, "commit"].join(";"));
  seal(place);
}

/** The data folder as it was when the chain had `size` entries, under the checkpoint that the log signed then. */
export function rollBack(place, size) {
  const leaves = sql(place, `select hex(bytes) as bytes from entries where idx < ${size} order by idx`).map((row) => leafHash(Buffer.from(row.bytes, "hex")));
  const last = `(select note from checkpoints where size = ${size})`;
  const time = `(select time from checkpoints where size = ${size})`;
  sql(place, [
    "begin",
    ...["entries", "items", "events", "registrations", "submissions", "acts"].map((table) => `delete from ${table} where idx >= ${size}`),
    `delete from decisions where act >= ${size}`,
    `update counted set size = ${size}`,
    `delete from contents where entry >= ${size}`,
    `update items set newest = 1 where idx in (select max(idx) from items group by document)`,
    "delete from tiles",
    ...tiles(leaves).map(([level, number, bytes]) => `insert into tiles values (${level}, ${number}, ${blob(bytes)})`),
    `update head set size = ${size}, leaf = ${blob(leaves.at(-1))}, checkpoint = ${last}, time = ${time}`,
    `delete from checkpoints where size > ${size}`,
    "commit",
  ].join(";"));
  forgetIndex(place);
}

// The search index is derived too; the portal builds it again.
function forgetIndex(place) {
  rmSync(join(place.data, "search"), { recursive: true, force: true });
}

/**
 * What an operator who means to sign a second history does first: removes every record of the first, and swears that
 * what is here is the newest.
 */
export async function vouchFalsely(place) {
  rmSync(join(place.data, "high-water.mark"), { force: true });
  rmSync(place.state, { recursive: true, force: true });
  if (!existsSync(join(place.data, "gazette.sqlite"))) return;
  const { code, out } = await run(["vouch", "--entries", String(value(place, "select size from head"))], place);
  if (code !== 0) throw new Error(`nobody believes it: ${out}`);
}

/** The newest checkpoint, as the log signed it. */
export function signed(place) {
  return value(place, "select checkpoint from head");
}

/** Puts the lines of witnesses, each of its own second, under the newest checkpoint. */
export function cosign(place, lines) {
  const old = signed(place);
  const body = old.slice(0, old.indexOf("\n\n") + 1);
  const line = ([by, seconds]) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${body}`), by.privateKey);
    return `— ${by.name} ${base64(Buffer.concat([by.id, time, signature]))}\n`;
  };
  const cosigned = text(old + lines.map(line).join(""));
  sql(place, `update head set checkpoint = ${cosigned}; update checkpoints set note = ${cosigned} where size = (select size from head)`);
}

// Statements

/** Amends the charter: from now on `count` of these witnesses are to see each checkpoint. */
export function askWitnesses(place, witnesses, count = witnesses.length) {
  const named = witnesses.map((_, n) => `w${n}`);
  const policy = [...witnesses.map((by, n) => `witness w${n} ${by.vkey}`), `group all ${count} ${named.join(" ")}`, "quorum all", ""].join("\n");
  const said = { ...core(entries(place)[0].note), id: statementId(), policy, amends: reference(place, 0) };
  append(place, statement(origin(place), said, key(place, "registrar")));
}

/** A sealed disclosure with a title, a text, attachments (`name`, `media`, `content`), more members of its catalogue, and the parts it commits to. */
export function disclosure(
  place,
  { agency, by, title = "Lanterns on the north wall", body = "Twenty lanterns.\n", described = {}, attachments = [], chain = origin(place) },
) {
  const part = (role, media, content) => {
    const [salt, bytes] = [randomBytes(16), Buffer.from(content)];
    const commitment = hash("gazette/v1 content\n", salt, bytes);
    return { commitment, media, salt, bytes, said: { role, media, size: bytes.length, commitment: `sha256:${commitment.toString("hex")}` } };
  };
  const names = [title, ...attachments.map((one) => one.name)];
  const contents = [
    part("catalogue", "application/json", JSON.stringify({ title, parts: names, ...described })),
    part("body", "text/markdown", body),
    ...attachments.map(({ media, content }) => part("attachment", media, content)),
  ];
  const said = { type: "disclosure", id: statementId(), agency, genre: "notice", language: "en", parts: contents.map((one) => one.said) };
  return { statement: statement(chain, said, by), contents };
}

/** Brings a disclosure to a running portal's own door; answers its index and the address of each part. */
export async function bring(portal, { statement, contents }) {
  const parts = contents.map(({ salt, bytes }) => ({ salt: salt.toString("hex"), bytes: base64(bytes) }));
  const answer = await fetch(`${portal.url}/submit`, { method: "POST", body: `${JSON.stringify({ note: statement, parts })}\n` });
  const { index } = JSON.parse(await answer.text());
  if (index === undefined) throw new Error("the portal did not take it");
  return { index, parts: contents.map((one) => `/content/${one.said.commitment}`) };
}

export function statement(chain, said, ...by) {
  return note(`gazette/v1/statement ${chain}\n${JSON.stringify(said)}\n`, ...by);
}

/** An agency's registration, signed by the trial chain's registrar. */
export function registration(place, agency, seals, more = {}) {
  const said = {
    type: "agency",
    id: statementId(),
    agency,
    name: { en: "Yunze Lantern Office", zh: "云泽市灯会办公室" },
    seals: seals.map((seal) => ({ key: seal.vkey, custody: "portal" })),
    ...more,
  };
  return statement(origin(place), said, key(place, "registrar"));
}

/** A post's registration with this key as its own, signed by the trial chain's registrar. */
export function office(place, agency, by) {
  const last = by.name.split("/").at(-1);
  const said = { type: "post", id: statementId(), post: by.name, agency, name: { en: `Post ${last}`, zh: `岗位${last}` }, keys: [{ key: by.vkey }] };
  return statement(origin(place), said, key(place, "registrar"));
}

/**
 * A step that this key signs about what is asked of the desk to be signed (`/desk/cases/…/sign`), with what opens it, as the desk takes
 * it: in every point as it should be, whoever's the key is.
 */
export function step(asked, by, { code = asked.code, decision = "approve", why = "" } = {}) {
  const committed = (label, salt, text) => `sha256:${hash(label, salt, text).toString("hex")}`;
  const [core, salt, closed] = [randomBytes(16), randomBytes(16), randomBytes(16)];
  const reason = why && { salt: closed.toString("hex"), text: why };
  const decided = {
    code,
    decision,
    rule: asked.rule,
    core: committed("gazette/v1 core\n", core, asked.core_line),
    salt: core.toString("hex"),
    ...(reason && { reason: committed("gazette/v1 content\n", closed, why) }),
  };
  const text = JSON.stringify(decided);
  const before = asked.previous ? { previous: asked.previous } : {};
  const said = { type: "step", id: statementId(), agency: asked.agency, case: asked.case, ...before, commitment: committed("gazette/v1 content\n", salt, text) };
  return { note: statement(asked.origin, said, by), opening: { salt: salt.toString("hex"), text }, ...(reason && { reason }) };
}
