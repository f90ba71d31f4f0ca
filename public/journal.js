// Verifies the rows of the journal in an auditor's browser: those that a page shows, and on request all of them, page by page. This file
// moves bytes and says what was found; what holds is decided in the desk's wasm.

const kit = document.querySelector("[data-journal]");
const words = new Map(kit.dataset.words.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
const LOGGED = "[data-row][data-index]";
const rows = [...document.querySelectorAll(LOGGED)];
const PLACE = "gazette/v1 journal";
const LOG = "/desk/journal/log";

const sentence = (code, fills = {}) => (words.get(code) ?? words.get("failed")).replace(/\{(\w+)\}/g, (_, name) => fills[name] ?? "");
const say = (selector, text) => (document.querySelector(selector).textContent = text);
const numberOf = (row) => Number(row.querySelector(".number").textContent);
const indexesOf = (rows) => [...new Set(rows.map((row) => Number(row.dataset.index)))];

let app;

async function wasm() {
  if (!app) {
    const loaded = await import(kit.dataset.js);
    await loaded.default({ module_or_path: kit.dataset.wasm });
    app = loaded;
  }
  return app;
}

async function get(address) {
  for (;;) {
    let answer;
    try {
      answer = await fetch(address, { redirect: "error" });
    } catch {
      throw new Error("offline");
    }
    if (answer.ok) return answer.text();
    // Whoever asks for a whole journal asks often: the server says when to come back.
    const patience = answer.status === 429 && Number(answer.headers.get("retry-after"));
    if (!patience) throw new Error("answer");
    await new Promise((wake) => setTimeout(wake, patience * 1000));
  }
}

const text = (path) => get(LOG + path);

/** What the wasm needs to judge these rows under this checkpoint. */
async function evidenceOf(checkpoint, rows) {
  const [, size, root] = checkpoint.split("\n");
  const within = indexesOf(rows).filter((index) => index < Number(size)).sort((a, b) => a - b);
  const asked = (within.length > 0 ? within : [0]).join(",");
  const [contents, evidence] = await Promise.all([text(`/contents/${asked}`), text(`/evidence/${size}/${asked}?root=${encodeURIComponent(root)}`)]);
  return new (await wasm()).Audit(checkpoint, evidence, contents, asked);
}

/** The worst of a row's findings, if any does not hold. */
function worstOf(findings) {
  return ["fails", "cannot-tell", "pending"].map((answer) => findings.find((one) => one[1] === answer)).find(Boolean);
}

const read = (lines) => lines.map((line) => line.split(" "));
const saying = ([code, answer]) => sentence(answer, { check: sentence(code.toLowerCase()) });

function show(row, lines) {
  const findings = read(lines);
  const worst = worstOf(findings);
  const erased = findings.some(([code, , reason]) => code === "C7" && reason === "redacted");
  row.dataset.check = worst ? { fails: "fails", pending: "pending", "cannot-tell": "unknown" }[worst[1]] : "holds";
  row.dataset.failed = findings.filter((one) => one[1] === "fails").map((one) => one[0]).join(" ");
  row.querySelector(".verdict").textContent = worst ? saying(worst) : sentence(erased ? "erased" : "holds");
  const eight = row.querySelector("[data-eight]");
  const list = eight.querySelector("dl");
  list.replaceChildren(
    ...findings.map(([code, answer]) => {
      const item = document.createElement("div");
      const name = document.createElement("dt");
      const said = document.createElement("dd");
      name.textContent = `${code} ${sentence(code.toLowerCase())}`;
      said.textContent = sentence(`is-${answer}`);
      item.dataset.code = code;
      item.dataset.check = answer;
      item.append(name, said);
      return item;
    }),
  );
  eight.hidden = false;
  return worst?.[1] === "fails";
}

/** What this browser saw before, and whether this goes on from it. */
async function remember(audit, size) {
  const kept = localStorage.getItem(PLACE);
  let old = size;
  try {
    if (kept) old = Number(JSON.parse(kept).checkpoint.split("\n")[1]);
  } catch {
    throw new Error("memory");
  }
  const proof = old < size ? await text(`/consistency/${old}-${size}`).catch(() => undefined) : "";
  const found = audit.memory(kept ?? undefined, proof);
  const [, answer] = found.split(" ");
  if (answer === "holds" || answer === "not-applicable") {
    const newest = audit.remembered(Date.now());
    if (newest && old <= size) localStorage.setItem(PLACE, newest);
  }
  say("[data-memory]", sentence({ holds: "again", "not-applicable": "first", fails: "rolled-back" }[answer] ?? "forgets", { size: old }));
  return found;
}

async function check() {
  say("[data-audit]", sentence("working"));
  for (const row of rows) row.dataset.check = "checking";
  const checkpoint = await text("/checkpoint");
  const audit = await evidenceOf(checkpoint, rows);
  const memory = await remember(audit, Number(checkpoint.split("\n")[1]));
  // Where one act or one person alone is asked for, by this very address, rows between are not there.
  const asked = new URLSearchParams(location.search);
  const apart = ["act", "who"].some((name) => asked.get(name));
  const found = audit.rows(document, apart);
  const failed = found.map((lines, n) => show(rows[n], [...lines.split("\n"), memory]));
  document.querySelector("[data-alarm]").hidden = !failed.includes(true);
  say("[data-audit]", sentence("all", { count: rows.length }));
  document.documentElement.dataset.audited = failed.includes(true) ? "fails" : "holds";
}

/** Ends the walk at a row, and leads to it. */
function stopAt(number, said, fails) {
  const link = document.createElement("a");
  link.href = `${location.pathname}?before=${number + 1}`;
  link.textContent = sentence("whole-row", { number });
  say("[data-walk]", said);
  document.querySelector("[data-walk]").append(" ", link);
  if (fails) document.querySelector("[data-alarm]").hidden = false;
  document.documentElement.dataset.whole = fails ? "fails" : "unknown";
}

/** Checks all rows under one checkpoint. Each page begins with the row that the one before ended with, so that they hang together. */
async function walk() {
  let checkpoint, memory, newest, last, before;
  for (;;) {
    const page = new DOMParser().parseFromString(await get(location.pathname + (before ? `?before=${before}` : "")), "text/html");
    const shown = [...page.querySelectorAll("[data-row]")];
    const logged = shown.filter((row) => row.matches(LOGGED));
    if (logged.length === 0 && shown.length > 0 && !newest) {
      // Nothing but rows on their way.
      before = numberOf(shown.at(-1));
      continue;
    }
    const missing = !newest ? undefined : logged.length === 0 || numberOf(logged[0]) !== last ? last : logged.length === 1 ? last - 1 : undefined;
    if (logged.length === 0 && !newest) throw new Error("page");
    if (missing !== undefined) return stopAt(missing, sentence("whole-gap", { number: missing }), true);
    // After the first page, so that it covers every row of it.
    checkpoint ??= await text("/checkpoint");
    const audit = await evidenceOf(checkpoint, logged);
    memory ??= await remember(audit, Number(checkpoint.split("\n")[1]));
    const found = audit.rows(page, false);
    audit.free();
    for (const [n, lines] of found.entries()) {
      const [number, worst] = [numberOf(logged[n]), worstOf(read([...lines.split("\n"), memory]))];
      if (worst) return stopAt(number, sentence("whole-stopped", { number, said: saying(worst) }), worst[1] === "fails");
    }
    newest ??= numberOf(logged[0]);
    last = numberOf(logged.at(-1));
    if (last === 1) break;
    say("[data-walk]", sentence("whole-progress", { count: newest - last + 1, of: newest }));
    before = last + 1;
  }
  say("[data-walk]", sentence("whole-holds", { count: newest }));
  document.documentElement.dataset.whole = "holds";
}

const whole = document.querySelector("[data-whole]");

whole.addEventListener("click", async () => {
  whole.disabled = true;
  delete document.documentElement.dataset.whole;
  say("[data-walk]", sentence("working"));
  await walk().catch((error) => {
    say("[data-walk]", sentence(error.message));
    document.documentElement.dataset.whole = "unknown";
  });
  whole.disabled = false;
});

check()
  .catch((error) => {
    for (const row of rows) if (row.dataset.check === "checking") row.dataset.check = "unknown";
    say("[data-audit]", sentence(error.message));
    document.documentElement.dataset.audited = "unknown";
  })
  .finally(() => (whole.hidden = false));
