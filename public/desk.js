// Keys and signatures of the desk. Keys are made here, kept here so that no script can read them out, and sign only what the
// desk's wasm has looked at and written. The page brings its words, and says where the wasm is:
// <div data-signing data-js data-wasm data-identity data-origin data-token data-words hidden></div>

const kit = document.querySelector("[data-signing]");
const words = new Map((kit?.dataset.words ?? "").split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
const utf8 = new TextEncoder();

/** Why something was not done: a code that the page has a sentence for, and what it is about. */
class Told extends Error {
  constructor(code, fills = {}) {
    super(code);
    this.fills = fills;
  }
}

function sentence(code, fills = {}) {
  const text = words.get(code) ?? words.get("failed") ?? code;
  return text.replace(/\{(\w+)\}/g, (_, name) => fills[name] ?? "");
}

/** Says in a form's own place what became of it; `data-state` is for style and tests. */
function say(form, code, fills) {
  form.dataset.state = code;
  const place = form.querySelector("[data-said], .said");
  if (place) place.textContent = code ? sentence(code, fills) : "";
}

let loading;
function wasm() {
  loading ??= import(kit.dataset.js).then(async (app) => {
    await app.default({ module_or_path: kit.dataset.wasm });
    return app;
  });
  return loading;
}

// --- Bytes

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const random = (count) => crypto.getRandomValues(new Uint8Array(count));

// --- The keys that this browser keeps, by chain and name

const placeOf = (name) => `${kit.dataset.identity} ${name}`;

function store(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("gazette-keys", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => reject(new Told("no-storage"));
    opening.onsuccess = () => {
      const turn = opening.result.transaction("keys", mode, { durability: "strict" });
      const asked = act(turn.objectStore("keys"));
      turn.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
      turn.onabort = turn.onerror = () => reject(new Told("no-storage"));
    };
  });
}

const keptKey = (name) => store("readonly", (keys) => keys.get(placeOf(name)));

async function keep(name, vkey, key) {
  await store("readwrite", (keys) => keys.put({ name, vkey, key, kept: Date.now() }, placeOf(name)));
  // Asks the browser not to throw it away when it is short of room; it may say no.
  await navigator.storage?.persist?.();
}

// --- Making, saving, bringing back

const ED25519 = { name: "Ed25519" };

/** The private half as it is kept from now on: it signs, and is never read out again. */
const sealed = (pkcs8) => crypto.subtle.importKey("pkcs8", pkcs8, ED25519, false, ["sign"]);

async function publicHalf(pkcs8) {
  const open = await crypto.subtle.importKey("pkcs8", pkcs8, ED25519, true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", open);
  return unbase64(x.replaceAll("-", "+").replaceAll("_", "/").padEnd(44, "="));
}

const BACKUP = "gazette key backup";
const ROUNDS = 1_000_000;
const FEWEST_ROUNDS = 600_000;
const MOST_ROUNDS = 20_000_000;

async function lock(passphrase, salt, iterations) {
  const from = await crypto.subtle.importKey("raw", utf8.encode(passphrase.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  const by = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(by, from, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The backup file: what it holds, in the open and bound to the rest; then the key, locked by the passphrase. */
async function backup(name, vkey, pkcs8, passphrase) {
  const [salt, iv] = [random(16), random(12)];
  const about = { name, chain: kit.dataset.identity, vkey, kdf: "PBKDF2-SHA-256", rounds: ROUNDS, salt: base64(salt), cipher: "AES-256-GCM", iv: base64(iv) };
  const line = JSON.stringify(about);
  const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(line) }, await lock(passphrase, salt, ROUNDS), pkcs8);
  return `${BACKUP}\n${line}\n${base64(locked)}\n`;
}

/** What a backup file holds, or a key file that the command line made. */
async function opened(text, passphrase) {
  const [kind, second, third] = text.split("\n");
  if (kind === "gazette private key") {
    const seed = /^[0-9a-f]{64}$/.test(third ?? "") ? Uint8Array.from(third.match(/../g), (pair) => parseInt(pair, 16)) : null;
    if (!seed) throw new Told("not-a-backup");
    // PKCS #8 around the 32 bytes.
    const before = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    return { name: second, pkcs8: Uint8Array.from([...before, ...seed]) };
  }
  if (kind !== BACKUP || !third) throw new Told("not-a-backup");
  let about, salt, iv, locked;
  try {
    about = JSON.parse(second);
    [salt, iv, locked] = [about.salt, about.iv, third].map(unbase64);
  } catch {
    throw new Told("not-a-backup");
  }
  const known = about.kdf === "PBKDF2-SHA-256" && about.cipher === "AES-256-GCM" && Number.isInteger(about.rounds);
  if (!known || about.rounds < FEWEST_ROUNDS || about.rounds > MOST_ROUNDS) throw new Told("not-a-backup");
  if (about.chain !== kit.dataset.identity) throw new Told("other-chain");
  const key = await lock(passphrase, salt, about.rounds);
  try {
    const pkcs8 = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(second) }, key, locked);
    return { name: about.name, pkcs8: new Uint8Array(pkcs8) };
  } catch {
    throw new Told("wrong-passphrase");
  }
}

/** A new key for a name, as its private bytes and the text of its public half. */
async function make(name) {
  let pair;
  try {
    pair = await crypto.subtle.generateKey(ED25519, true, ["sign", "verify"]);
  } catch {
    throw new Told("unsupported");
  }
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { pkcs8, vkey: (await wasm()).vkey(name, raw) };
}

// --- Signing

/** The key's signature over what it is enrolled for: origin, office, its name, and the account that is signed in. */
async function possession({ office, name }, vkey, key) {
  const app = await wasm();
  return sign({ vkey, key }, app.possession(kit.dataset.origin, office, name, kit.dataset.account, vkey));
}

async function sign(kept, text) {
  const signature = new Uint8Array(await crypto.subtle.sign(ED25519, kept.key, utf8.encode(text)));
  return (await wasm()).signed(text, kept.vkey, signature);
}

/** What a finding of the wasm says: a code, then names and values, one a line. */
function findingOf(text) {
  const [reason, ...values] = text.split("\n");
  const fills = Object.fromEntries(values.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
  return new Told(words.has(reason) ? reason : "shown-differs", fills);
}

/** An address of this site, and no other's. */
function own(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Told("answer");
  return url;
}

async function fetched(address, options = {}) {
  const headers = { "x-gazette-token": kit.dataset.token, ...options.headers };
  const at = own(address);
  let answer;
  try {
    answer = await fetch(at, { credentials: "same-origin", cache: "no-store", redirect: "error", ...options, headers });
  } catch {
    throw new Told("offline");
  }
  return answer;
}

async function json(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Told("answer");
  }
}

/** Fetches what a step of this form would sign, and looks at all of it; answers what to sign with. */
async function looked(form) {
  const { sign: address, case: of, code, agency, rule, core } = form.dataset;
  const answer = await fetched(`${address}?code=${encodeURIComponent(code)}`);
  const ask = await json(answer);
  if (!answer.ok && passes(ask)) return { passing: ask };
  if (!answer.ok) throw refusal(ask);
  if (ask.origin !== kit.dataset.origin) throw new Told("other-chain");
  if (ask.case !== of || ask.agency !== agency) throw new Told("other-case");
  if (ask.rule !== rule) throw new Told("other-rule");
  const app = await wasm();
  const paper = new app.Paper(ask.core_line);
  if (paper.digest() !== core) throw new Told("other-core");
  for (const part of ask.parts ?? []) {
    const bytes = await fetched(part.address);
    if (!bytes.ok) throw new Told("missing");
    paper.take(part.salt, new Uint8Array(await bytes.arrayBuffer()));
  }
  const found = paper.judge(document);
  if (found) throw findingOf(found);
  return { ask, paper };
}

/** Whether the server only says that somebody else's step came between, or is on its way to the log still. */
const passes = ({ retry, code }) => Boolean(retry) && ["stale-case", "busy"].includes(code);

/** How long to wait for that, in milliseconds, each time it is said. */
const PAUSES = [100, 200, 400, 800, 1600, 3200];

/** One attempt: looks, writes, signs, sends. Answers the place of the step, or why it was not taken. */
async function attempt(form, kept, decision, reason, open) {
  const { ask, paper, passing } = await looked(form);
  if (passing) return passing;
  const previous = ask.previous ?? {};
  const asked = {
    origin: kit.dataset.origin,
    agency: form.dataset.agency,
    case: form.dataset.case,
    code: form.dataset.code,
    rule: form.dataset.rule,
    decision,
    reason,
    index: previous.index === undefined ? "" : String(previous.index),
    leaf: previous.leaf ?? "",
    // Of a step before that is not in the log yet.
    after: ask.after ?? "",
  };
  const taken = paper.step(JSON.stringify(asked), random(64));
  const sent = { note: await sign(kept, taken.text), opening: { salt: taken.salt, text: taken.opening } };
  if (reason) sent.reason = { salt: taken.reason_salt, text: reason, public: open };
  return handIn(form.dataset.steps, JSON.stringify(sent));
}

/** Hands a signed step in. */
async function handIn(address, body) {
  return json(await fetched(address, { method: "POST", headers: { "content-type": "application/json" }, body }));
}

/** Where a step is now: in the log, or kept until the publication it leads to. */
function sayTaken(form, { index }) {
  if (index === null) say(form, "kept");
  else say(form, "signed", { index: String(index) });
}

/** Why the server would not: by the name that it has for it, else in its own words. */
function refusal({ code, refused }) {
  const known = [code, refused].find((name) => words.has(name));
  return known ? new Told(known) : new Told("refused", { why: refused ?? "" });
}

async function step(form) {
  const fields = new FormData(form);
  const text = (name) => String(fields.get(name) ?? "").trim();
  const [post, decision, reason] = [text("post"), text("decision"), text("reason").replaceAll("\r\n", "\n")];
  const open = fields.has("public");
  if (!decision) throw new Told("no-decision");
  if (decision !== "approve" && !reason) throw new Told("no-reason");
  const kept = await keptKey(post);
  if (!kept) throw new Told("no-key", { name: post });
  let answer = await attempt(form, kept, decision, reason, open);
  // Another step came between: the same paper is looked at again, and signed behind it.
  for (const pause of PAUSES) {
    if (!passes(answer)) break;
    await new Promise((resolve) => setTimeout(resolve, pause));
    answer = await attempt(form, kept, decision, reason, open);
  }
  if (answer.index === undefined) throw refusal(answer);
  sayTaken(form, answer);
  return leave(form.dataset.done);
}

// A page that is being left has nothing more done on it: no button of it works again.

function leave(address) {
  if (address) location.assign(address);
  else location.reload();
  return new Promise(() => {});
}

function submitted(form) {
  form.submit();
  return new Promise(() => {});
}

/** The entry with the charter that an amendment goes on from: its bytes, which the wasm compares with what the text says it amends. */
async function amendedBy(address) {
  if (!address) return new Uint8Array();
  const entry = await fetched(address);
  if (!entry.ok) throw new Told("missing");
  return new Uint8Array(await entry.arrayBuffer());
}

/** Proposes to sign as whom this browser keeps the key of. */
async function propose(choice) {
  let chosen = false;
  choice.addEventListener("change", () => (chosen = true), { once: true });
  for (const { value } of choice.options) {
    const kept = await keptKey(value).catch(() => undefined);
    // Who was quicker has chosen.
    if (chosen) return;
    if (kept) {
      choice.value = value;
      return;
    }
  }
}

/** A registrar's signature over the text that the page shows, handed in by the form itself. */
async function signText(form) {
  const shown = document.querySelector("[data-registration] [data-text]");
  const text = shown?.textContent ?? "";
  const name = String(new FormData(form).get("name") ?? "");
  const { before } = document.querySelector("[data-registration]")?.dataset ?? {};
  const found = (await wasm()).registration(text, kit.dataset.origin, await amendedBy(before), document);
  if (found) throw findingOf(found);
  const kept = await keptKey(name);
  if (!kept) throw new Told("no-key", { name });
  form.elements.note.value = await sign(kept, text);
  return submitted(form);
}

// --- Forms

/** Runs what a form does, once at a time, and says what became of it. */
function does(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")];
    buttons.forEach((button) => (button.disabled = true));
    say(form, "working");
    try {
      await act(form);
    } catch (error) {
      const told = error instanceof Told ? error : new Told(words.has(error?.message) ? error.message : "failed");
      if (!(error instanceof Told)) console.info(error);
      say(form, told.message, told.fills);
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  });
}

/** Says of each key that the page speaks of whether this browser has it, and shows what may be done then. */
async function tell() {
  for (const place of document.querySelectorAll("[data-key-of]")) {
    const { keyOf: name, good = "", ended = "", waiting = "" } = place.dataset;
    let state = "no-storage";
    let kept;
    try {
      kept = await keptKey(name);
      const among = (list) => kept && list.split(" ").includes(kept.vkey);
      state = !kept ? "not-here" : among(good) ? "here" : among(ended) ? "here-ended" : among(waiting) ? "here-waiting" : "here-unknown";
    } catch {
      // Said as it is.
    }
    place.dataset.state = state;
    const said = place.querySelector("[data-key-said]");
    if (said) said.textContent = sentence(state, { name });
    for (const part of place.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  }
}

function making(form) {
  const name = form.dataset.name;
  const finish = document.getElementById(form.dataset.finish);
  let made;
  does(form, async () => {
    const fields = new FormData(form);
    const [passphrase, again] = [String(fields.get("passphrase")), String(fields.get("again"))];
    if ([...passphrase].length < 12) throw new Told("short-passphrase");
    if (passphrase !== again) throw new Told("passphrases-differ");
    made = await make(name);
    const file = await backup(name, made.vkey, made.pkcs8, passphrase);
    // A file that could not be opened again would be worse than none.
    const reopened = await opened(file, passphrase);
    if (base64(reopened.pkcs8) !== base64(made.pkcs8)) throw new Told("failed");
    const link = finish.querySelector("[data-download]");
    link.href = URL.createObjectURL(new Blob([file], { type: "text/plain" }));
    link.download = `key-${name.replaceAll("/", "+")}.txt`;
    form.reset();
    form.hidden = true;
    finish.hidden = false;
    link.focus();
    say(form, "");
  });
  finish.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const key = await sealed(made.pkcs8);
      await keep(name, made.vkey, key);
      made.pkcs8.fill(0);
      finish.elements.proof.value = await possession(form.dataset, made.vkey, key);
      finish.submit();
    } catch (error) {
      say(finish, error instanceof Told ? error.message : "failed");
    }
  });
}

async function restore(form) {
  const fields = new FormData(form);
  const file = fields.get("file");
  if (!(file instanceof File) || file.size === 0 || file.size > 65536) throw new Told("not-a-backup");
  const { name, pkcs8 } = await opened(await file.text(), String(fields.get("passphrase") ?? ""));
  if (name !== form.dataset.name) throw new Told("other-name", { name });
  let key, vkey;
  try {
    vkey = (await wasm()).vkey(name, await publicHalf(pkcs8));
    key = await sealed(pkcs8);
  } catch {
    throw new Told("unsupported");
  }
  pkcs8.fill(0);
  await keep(name, vkey, key);
  form.reset();
  say(form, "restored");
  await tell();
}

/** Hands in the public half of the key that this browser keeps already. */
async function send(form) {
  const kept = await keptKey(form.dataset.name);
  if (!kept) throw new Told("no-key", { name: form.dataset.name });
  form.elements.proof.value = await possession(form.dataset, kept.vkey, kept.key);
  return submitted(form);
}

async function forget(form) {
  await store("readwrite", (keys) => keys.delete(placeOf(form.dataset.name)));
  say(form, "forgotten");
  await tell();
}

/** Files that were signed elsewhere go into the field that a reader without scripts would paste them into. */
function fromFile(input) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file && file.size <= 65536) input.form.elements[input.dataset.into].value = await file.text();
  });
}

if (kit) {
  document.documentElement.dataset.signing = "awake";
  for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
  document.querySelectorAll("form[data-make-key]").forEach(making);
  document.querySelectorAll("form[data-restore-key]").forEach((form) => does(form, restore));
  document.querySelectorAll("form[data-send-key]").forEach((form) => does(form, send));
  document.querySelectorAll("form[data-forget-key]").forEach((form) => does(form, forget));
  for (const form of document.querySelectorAll("form[data-sign][data-steps]")) {
    does(form, step);
    form.querySelectorAll("button").forEach((button) => (button.disabled = false));
  }
  document.querySelectorAll("form[data-sign-text]").forEach((form) => does(form, signText));
  document.querySelectorAll("form[data-sign-text] select[name=name]").forEach(propose);
  document.querySelectorAll("input[type=file][data-into]").forEach(fromFile);
  tell();
}
