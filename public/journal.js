// Verifies the rows of the journal that a page shows, in an auditor's browser. This file moves bytes and says what was found; what
// holds is decided in the desk's wasm.

const kit = document.querySelector("[data-journal]");
const words = new Map(kit.dataset.words.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
const rows = [...document.querySelectorAll("[data-row][data-index]")];
const PLACE = "gazette/v1 journal";
const LOG = "/desk/journal/log";

const sentence = (code, fills = {}) => (words.get(code) ?? words.get("failed")).replace(/\{(\w+)\}/g, (_, name) => fills[name] ?? "");
const say = (selector, text) => (document.querySelector(selector).textContent = text);

async function text(path) {
  let answer;
  try {
    answer = await fetch(LOG + path, { redirect: "error" });
  } catch {
    throw new Error("offline");
  }
  if (!answer.ok) throw new Error("answer");
  return answer.text();
}

function show(row, lines) {
  const findings = lines.map((line) => line.split(" "));
  const worst = ["fails", "cannot-tell", "pending"].map((answer) => findings.find((one) => one[1] === answer)).find(Boolean);
  const erased = findings.some(([code, , reason]) => code === "C7" && reason === "redacted");
  row.dataset.check = worst ? { fails: "fails", pending: "pending", "cannot-tell": "unknown" }[worst[1]] : "holds";
  row.dataset.failed = findings.filter((one) => one[1] === "fails").map((one) => one[0]).join(" ");
  row.querySelector(".verdict").textContent = worst ? sentence(worst[1], { check: sentence(worst[0].toLowerCase()) }) : sentence(erased ? "erased" : "holds");
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
  const app = await import(kit.dataset.js);
  await app.default({ module_or_path: kit.dataset.wasm });
  const checkpoint = await text("/checkpoint");
  const [, size, root] = checkpoint.split("\n");
  const within = [...new Set(rows.map((row) => Number(row.dataset.index)))].filter((index) => index < Number(size)).sort((a, b) => a - b);
  const asked = (within.length > 0 ? within : [0]).join(",");
  const [contents, evidence] = await Promise.all([text(`/contents/${asked}`), text(`/evidence/${size}/${asked}?root=${encodeURIComponent(root)}`)]);
  const audit = new app.Audit(checkpoint, evidence, contents, asked);
  const memory = await remember(audit, Number(size));
  const found = audit.rows(document);
  const failed = found.map((lines, n) => show(rows[n], [...lines.split("\n"), memory]));
  document.querySelector("[data-alarm]").hidden = !failed.includes(true);
  say("[data-audit]", sentence("all", { count: rows.length }));
  document.documentElement.dataset.audited = failed.includes(true) ? "fails" : "holds";
}

check().catch((error) => {
  for (const row of rows) if (row.dataset.check === "checking") row.dataset.check = "unknown";
  say("[data-audit]", sentence(error.message));
  document.documentElement.dataset.audited = "unknown";
});
