// The editor while somebody writes: saves by itself, keeps in this browser what could not be saved, shows what readers will see of
// it, and brings files piece by piece. Everything is asked of the desk; without this script the page's forms do the same.
// <div data-editor data-page data-token data-account data-lang data-zone data-largest data-most data-asked data-words hidden></div>

const kit = document.querySelector("[data-editor]");
const form = document.getElementById("draft");
const words = new Map((kit?.dataset.words ?? "").split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));

function sentence(code, fills = {}) {
  return (words.get(code) ?? code).replace(/\{(\w+)\}/g, (_, name) => fills[name] ?? "");
}

const clock = (time) =>
  new Intl.DateTimeFormat(kit.dataset.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: kit.dataset.zone }).format(time);

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** Asks an address of this draft. Answers nothing where there is no connection. */
async function ask(path, options = {}) {
  const headers = { "x-gazette-token": kit.dataset.token, ...options.headers };
  try {
    return await fetch(`${kit.dataset.editor}${path}`, { credentials: "same-origin", cache: "no-store", redirect: "error", ...options, headers });
  } catch {
    return undefined;
  }
}

const said = async (answer) => answer.json().catch(() => ({}));

// --- What this browser keeps: texts that were not saved, and files on their way. One person's alone, and for a month at most.

const KEPT = 30 * 86_400_000;
const mine = (name) => `${kit.dataset.account} ${kit.dataset.editor} ${name}`;

function store(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("gazette-drafts", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const turn = opening.result.transaction("kept", mode);
      const asked = act(turn.objectStore("kept"));
      turn.oncomplete = () => {
        opening.result.close();
        resolve(asked?.result);
      };
      turn.onabort = turn.onerror = () => reject(turn.error);
    };
  });
}

// A browser that keeps nothing (private windows) still saves.
const keep = (name, value) => store("readwrite", (kept) => kept.put({ ...value, at: Date.now() }, mine(name))).catch(() => {});
const kept = (name) => store("readonly", (all) => all.get(mine(name))).catch(() => undefined);
const forget = (name) => store("readwrite", (all) => all.delete(mine(name))).catch(() => {});

function forgetOld() {
  return store("readwrite", (all) => {
    all.openCursor().onsuccess = ({ target: { result: at } }) => {
      if (!at) return;
      if (!(Date.now() - at.value.at < KEPT)) at.delete();
      at.continue();
    };
  }).catch(() => {});
}

// --- The form as it is sent

const OURS = new Set(["token", "revision", "over", "do"]);

function typed(of = form) {
  return [...new FormData(of)].filter(([name, value]) => !OURS.has(name) && typeof value === "string");
}

/** As one text, to tell whether something changed. Empty boxes say nothing, and lines end in one way. */
function written(fields = typed()) {
  const plain = (value) => value.replaceAll("\r\n", "\n").trim();
  return JSON.stringify(fields.map(([name, value]) => [name, plain(value)]).filter(([, value]) => value !== ""));
}

/** Puts kept fields back: those of one name in their order, with as many boxes as are wanted. */
function put(fields) {
  const byName = new Map();
  for (const [name, value] of fields) byName.set(name, [...(byName.get(name) ?? []), value]);
  while (form.querySelectorAll("[data-translation]").length < (byName.get("translation_title") ?? []).length) addTranslation();
  for (const several of form.querySelectorAll("[data-several]")) {
    const name = several.querySelector("input").name;
    while (several.querySelectorAll("input").length < (byName.get(name) ?? []).length) addBox(several);
  }
  const places = new Map();
  for (const field of form.elements) {
    if (!field.name || OURS.has(field.name)) continue;
    if (field.type === "checkbox") {
      field.checked = (byName.get(field.name) ?? []).includes(field.value);
      continue;
    }
    const place = places.get(field.name) ?? 0;
    places.set(field.name, place + 1);
    field.value = byName.get(field.name)?.[place] ?? "";
  }
  askWhy();
}

// --- Saying

const line = form?.querySelector("[data-saving]");

function say(state, fills) {
  line.hidden = false;
  line.dataset.state = state;
  line.textContent = sentence(state, fills);
}

function tell(what, code, fills) {
  const place = document.querySelector(`[data-told="${what}"]`);
  if (!code) {
    place.hidden = true;
    return;
  }
  place.querySelector("[data-said]").textContent = sentence(code, fills);
  place.hidden = false;
}

// --- Saving

const SOON = 1_000;
const LATER = [2_000, 5_000, 10_000, 30_000];
/** What a browser sends of a page that is being left. */
const LEAVING = 60_000;

let stands; // what the desk has, as far as this page knows
let saving; // the save under way
let sending; // what it sends
let timer;
let failures = 0;
let stopped = ""; // why nothing is saved by itself any more
let left = false;

const isDirty = () => written() !== stands;

function later(time) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, time);
}

let keeping;
/** Keeps what is typed until it is saved. */
function keepSoon() {
  clearTimeout(keeping);
  keeping = setTimeout(() => isDirty() && keep("text", { fields: typed(), revision: Number(form.elements.revision.value) }), 200);
}

function stop(state) {
  stopped = state;
  clearTimeout(timer);
  say(state);
}

const isShort = (sent) => String(sent).length <= LEAVING;

function body(fields) {
  return new URLSearchParams([...fields, ["revision", form.elements.revision.value]]);
}

async function save() {
  clearTimeout(timer);
  if (saving) return saving;
  if (stopped || left || !isDirty()) return;
  saving = sendIn().finally(() => (saving = undefined));
  await saving;
  if (isDirty() && !failures) later(SOON);
}

async function sendIn() {
  const fields = typed();
  const sent = body(fields);
  sending = written(fields);
  say("saving");
  // Leaving the page does not take back what is short and on its way.
  const answer = await ask("/save", { method: "POST", body: sent, keepalive: isShort(sent) });
  if (answer?.ok) {
    const { revision, saved, misread } = await said(answer);
    form.elements.revision.value = revision;
    stands = written(fields);
    failures = 0;
    if (isDirty()) {
      say("unsaved");
      keepSoon();
    } else {
      clearTimeout(keeping);
      await forget("text");
      // What was typed meanwhile is not.
      if (!isDirty()) say(misread ? "misread" : "saved", { at: clock(saved) });
    }
    return;
  }
  await keep("text", { fields: typed(), revision: Number(form.elements.revision.value) });
  const refusal = answer ? await said(answer) : {};
  switch (true) {
    case !answer:
      say("offline");
      break;
    case answer.status === 401:
      return stop("signed-out");
    case answer.status === 403:
      return stop("stale");
    case answer.status === 404:
      return stop("nothing");
    case answer.status === 409:
      stop("paused");
      return tell("conflict", refusal.refused, { by: refusal.by, at: clock(refusal.saved) });
    case answer.status === 413 || answer.status === 400 || answer.status === 422:
      return stop("too-large");
    default:
      say("failed");
  }
  later(LATER[Math.min(failures++, LATER.length - 1)]);
}

function changed() {
  if (stopped) {
    keepSoon();
    return;
  }
  if (!isDirty()) return;
  // Without a connection the sentence that says so stays.
  if (!failures) say("unsaved");
  keepSoon();
  if (!failures) later(SOON);
}

/** On leaving there is no time to wait for an answer: what is short is sent all the same, and all of it is kept. */
function leave() {
  if (left || stopped || !isDirty()) return;
  const fields = typed();
  const sent = body(fields);
  // Whatever was typed since the save that is under way began goes nowhere: it is offered when the draft is opened again.
  const goes = isShort(sent) && (!saving || sending === written(fields));
  keep("text", { fields, revision: Number(form.elements.revision.value), sent: goes });
  if (saving || !goes) return;
  left = true;
  ask("/save", { method: "POST", body: sent, keepalive: true }).then(async (answer) => {
    left = false;
    if (!answer?.ok) return;
    // Only another window was looked at.
    const { revision, saved, misread } = await said(answer);
    form.elements.revision.value = revision;
    stands = written(fields);
    if (isDirty()) return;
    await forget("text");
    if (!isDirty()) say(misread ? "misread" : "saved", { at: clock(saved) });
  });
}

/** Whether somebody else has saved since, when this window is looked at again. */
async function lookAgain() {
  if (stopped || saving || left || isDirty()) return;
  const answer = await ask("/revision");
  if (!answer?.ok) return;
  const { revision, by, saved, writing } = await said(answer);
  if (saving || left || isDirty()) return;
  if (revision > Number(form.elements.revision.value)) tell("newer", "newer", { by, at: clock(saved) });
  else if (!writing) tell("newer", "submitted", { by, at: clock(saved) });
}

async function offerKept() {
  const found = await kept("text");
  if (!found) return;
  const revision = Number(form.elements.revision.value);
  // What was on its way when the page was left has come, or the form has it already.
  if ((found.sent && found.revision < revision && kit.dataset.conflict === undefined) || written(found.fields) === written()) return forget("text");
  if (kit.dataset.conflict !== undefined) return;
  stopped = "kept";
  tell("kept", "kept", { at: clock(found.at) });
  const place = document.querySelector('[data-told="kept"]');
  const goOn = () => {
    stopped = "";
    tell("kept");
    line.hidden = true;
  };
  place.querySelector('[data-do="take"]').onclick = () => {
    put(found.fields);
    // Saved on top of what it was written on: whoever saved since is not overwritten unawares.
    form.elements.revision.value = found.revision;
    goOn();
    form.elements.title?.focus();
    changed();
    drawSoon();
  };
  place.querySelector('[data-do="leave"]').onclick = async () => {
    await forget("text");
    goOn();
  };
}

/** Sends the form itself, once: after what is being saved by itself has been, and not again before the next page is there. */
function byForm() {
  let waits = false;
  let sent = false;
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    if (waits || sent) return event.preventDefault();
    clearTimeout(timer);
    clearTimeout(keeping);
    if (saving) {
      event.preventDefault();
      waits = true;
      saving.finally(() => {
        waits = false;
        form.requestSubmit(submitter);
      });
      return;
    }
    left = sent = true;
    keep("text", { fields: typed(), revision: Number(form.elements.revision.value), sent: true });
  });
  // Who comes back to a page that the browser kept may send it again.
  addEventListener("pageshow", (event) => event.persisted && (left = sent = false));
  // Forms beside it lead away too: first what was typed.
  document.addEventListener("submit", async (event) => {
    if (event.target === form || event.defaultPrevented || stopped || left || !isDirty()) return;
    event.preventDefault();
    await save();
    left = true;
    event.target.requestSubmit(event.submitter);
  });
}

// --- What readers will see

let drawing;
let drawn;
let following; // whether the preview has not come yet to what is being written

function drawSoon() {
  if (kit.dataset.previews === undefined) return;
  clearTimeout(drawing);
  const length = typed().reduce((sum, [, value]) => sum + value.length, 0);
  drawing = setTimeout(draw, length > 100_000 ? 2_000 : 300);
}

async function draw() {
  const fields = typed();
  const now = written(fields);
  if (now === drawn) return;
  const answer = await ask(`/preview?lang=${kit.dataset.page.split("/")[1]}`, { method: "POST", body: new URLSearchParams(fields) });
  if (!answer?.ok) {
    if (!answer || answer.status === 429 || answer.status >= 500) drawing = setTimeout(draw, 5_000);
    return;
  }
  const { html } = await said(answer);
  if (written() !== now) return drawSoon();
  drawn = now;
  // Drawn by the desk with what draws the published page, and read in a document where nothing runs or loads.
  const read = new DOMParser().parseFromString(html, "text/html");
  document.querySelector("[data-preview]").replaceChildren(...read.body.childNodes);
  if (following) follow();
}

/** Where the preview scrolls by itself, it goes along to the text that is being written. */
function follow() {
  const sheet = document.getElementById("preview");
  const field = document.activeElement;
  if (!sheet || sheet.scrollHeight <= sheet.clientHeight || !form.contains(field)) return;
  const set = field.closest("[data-translation]");
  const given = [...form.querySelectorAll("[data-translation]")].filter((one) => [...one.querySelectorAll("input, textarea")].some(({ value }) => value.trim()));
  const texts = sheet.querySelectorAll(set ? '[data-text="translation"]' : '[data-text="body"]');
  const part = set ? texts[given.indexOf(set)] : field.name === "body" ? texts[0] : undefined;
  following = !part && (set !== null || field.name === "body");
  if (part) sheet.scrollTop += part.getBoundingClientRect().top - sheet.getBoundingClientRect().top;
  else if (!following) sheet.scrollTop = 0;
}

function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

// --- Fields that grow, and those that a kind of document must state

function addBox(several) {
  const boxes = several.querySelectorAll("input");
  const last = boxes[boxes.length - 1];
  const next = last.cloneNode();
  const number = boxes.length + 1;
  const { name } = last;
  next.value = "";
  next.id = `${name}-${number}`;
  next.setAttribute("aria-label", `${several.querySelector("label").firstChild.textContent.trim()}, ${number}`);
  several.append(next);
}

function addTranslation() {
  const sets = form.querySelectorAll("[data-translation]");
  const last = sets[sets.length - 1];
  const next = last.cloneNode(true);
  for (const field of next.querySelectorAll("[id]")) {
    const id = field.id.replace(/\d+$/, String(sets.length + 1));
    next.querySelector(`label[for="${field.id}"]`)?.setAttribute("for", id);
    field.id = id;
    if (field.name !== "translation_language") field.value = "";
  }
  next.querySelector("button")?.remove();
  last.after(next);
  return next;
}

function growing() {
  form.addEventListener("input", ({ target }) => {
    const several = target.closest("[data-several]");
    if (!several) return;
    const boxes = several.querySelectorAll("input");
    if (boxes[boxes.length - 1].value.trim()) addBox(several);
  });
}

/** Why it takes another's place is asked once something is named there. */
function askWhy() {
  const why = form.querySelector("[data-revising]");
  const { target, ground } = form.elements;
  if (why) why.hidden = !target.value.trim() && !ground.value;
}

function asking() {
  const asked = new Map(kit.dataset.asked.split("\n").map((one) => [one.split(" ")[0], one.split(" ").slice(1)]));
  const always = ["title", "genre", "language", "ground"];
  form.elements.genre?.addEventListener("change", ({ target }) => {
    const wanted = [...always, ...(asked.get(target.value) ?? [])];
    for (const mark of form.querySelectorAll("[data-asked]")) {
      mark.hidden = !wanted.includes(mark.dataset.asked);
      form.elements[mark.dataset.asked].setAttribute("aria-required", String(!mark.hidden));
    }
  });
}

// --- Files, piece by piece

/** Over 64 KB a second that is eight seconds; a request that takes minutes is cut off, however many of them a file takes. */
const PIECE = 512 * 1024;
/** What says that a piece came too slowly, or one too many: it is sent again. */
const LATER_ON = new Set([408, 425, 429]);
const AGAIN = [500, 1_000, 2_000, 5_000, 10_000];
const coming = document.querySelector("[data-coming]");
const underWay = new Map();

async function digestOf(file) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A line for a file on its way. */
function lineOf(name) {
  const bar = element("progress", { max: "100", value: "0", "aria-label": name });
  const state = element("span", { class: "small" });
  const button = element("button", { type: "button", class: "quiet", "aria-label": sentence("stop-of", { name }) }, sentence("stop"));
  const row = element("li", {}, element("bdi", {}, name), bar, state, button);
  coming.append(row);
  const show = (code, percent = bar.value) => {
    row.dataset.state = code;
    bar.value = percent;
    state.textContent = sentence(code, { percent: String(Math.floor(percent)), name });
  };
  return { row, show, button };
}

function came(code, fills) {
  document.querySelector("[data-came]").textContent = sentence(code, fills);
}

const sizeText = (size) => {
  const [unit, count] = size < 1e6 ? ["kilobyte", size / 1e3] : ["megabyte", size / 1e6];
  return new Intl.NumberFormat(kit.dataset.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(count);
};

/** The file is the draft's now: it stands in the list, and may be taken away there. */
function listed(file) {
  const list = document.querySelector("[data-files]");
  list.querySelector("[data-none]")?.remove();
  const at = `${kit.dataset.page}/files/${file.id}`;
  const token = element("input", { type: "hidden", name: "token", value: kit.dataset.token });
  const taken = element("form", { method: "post", action: at }, token, element("button", { class: "quiet" }, sentence("remove")));
  const kind = element("span", { class: "small" }, `${file.media} · ${sizeText(file.size)}`);
  list.append(element("li", {}, element("a", { href: at }, element("bdi", {}, file.name)), " ", kind, taken));
}

/** Sends what is missing of a file, from where the last piece ended, for as long as it takes. */
async function bring(file, upload, at) {
  const path = `/uploads/${upload.id}`;
  let stops = false;
  let failures = 0;
  underWay.set(upload.id, upload);
  at.button.onclick = async () => {
    stops = true;
    await ask(path, { method: "DELETE" });
    done();
  };
  const done = () => {
    underWay.delete(upload.id);
    forget(`file ${upload.id}`);
    at.row.remove();
  };
  let offset = upload.came;
  const percent = () => (offset / upload.size) * 100;
  at.show("up-comes", percent());
  while (!stops) {
    const piece = file.slice(offset, offset + PIECE);
    const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
    const answer = await ask(path, { method: "PATCH", headers, body: piece });
    if (stops) return;
    if (answer?.status === 204) {
      failures = 0;
      offset = Number(answer.headers.get("upload-offset"));
      at.show("up-comes", percent());
    } else if (answer?.ok) {
      listed((await said(answer)).file);
      came("up-done", { name: upload.name });
      return done();
    } else if (answer?.status === 409 && answer.headers.has("upload-offset")) {
      offset = Number(answer.headers.get("upload-offset"));
    } else if (answer?.status === 401 || answer?.status === 403) {
      underWay.delete(upload.id);
      return at.show("up-signed-out");
    } else if (answer && answer.status < 500 && !LATER_ON.has(answer.status)) {
      const { refused } = await said(answer);
      underWay.delete(upload.id);
      forget(`file ${upload.id}`);
      return at.show(refused === "digest" ? "up-differs" : "up-failed");
    } else {
      at.show("up-waits", percent());
      await Promise.race([pause(AGAIN[Math.min(failures++, AGAIN.length - 1)]), new Promise((resolve) => addEventListener("online", resolve, { once: true }))]);
      // Where it stands is asked of the desk, for the answer may have been lost and not the piece.
      const told = await ask(path);
      if (told?.ok) offset = (await said(told)).came;
      else if (told?.status === 404) {
        // The last piece had come, and only the answer was lost: the list has it.
        underWay.delete(upload.id);
        forget(`file ${upload.id}`);
        return location.reload();
      }
    }
  }
}

async function take(file) {
  const name = file.name;
  if (file.size === 0 || file.size > Number(kit.dataset.largest)) return came("up-size", { name });
  const at = lineOf(name);
  at.show("up-reads", 0);
  const digest = await digestOf(file).catch(() => undefined);
  // A folder that was dropped cannot be read.
  if (!digest) {
    at.row.remove();
    return came("up-size", { name });
  }
  const waiting = await unfinished();
  const same = waiting.find((upload) => upload.digest === digest && upload.size === file.size && !underWay.has(upload.id));
  let upload = same;
  if (same) {
    coming.querySelector(`[data-upload="${same.id}"]`)?.remove();
  } else {
    const announced = JSON.stringify({ name, size: file.size, digest });
    const headers = { "content-type": "application/json" };
    let answer;
    for (let failures = 0; !(answer = await ask("/uploads", { method: "POST", headers, body: announced })); failures++) {
      at.show("up-waits", 0);
      await pause(AGAIN[Math.min(failures, AGAIN.length - 1)]);
    }
    const told = await said(answer);
    if (!answer.ok) {
      at.row.remove();
      return came(told.refused === "too-many-files" ? "up-many" : told.refused === "no-room" ? "up-room" : told.refused === "too-large" ? "up-size" : "up-failed", { name });
    }
    upload = told;
  }
  keep(`file ${upload.id}`, { file });
  await bring(file, upload, at);
}

async function unfinished() {
  const answer = await ask("/uploads");
  return answer?.ok ? said(answer) : [];
}

/** Goes on with what a page that was left had begun, with the file that this browser kept, or else asks for it. */
async function comeBack() {
  for (const upload of await unfinished()) {
    const at = lineOf(upload.name);
    at.row.dataset.upload = upload.id;
    const found = await kept(`file ${upload.id}`);
    if (found?.file) {
      bring(found.file, upload, at);
      continue;
    }
    at.show("up-again", (upload.came / upload.size) * 100);
    at.button.onclick = async () => {
      await ask(`/uploads/${upload.id}`, { method: "DELETE" });
      at.row.remove();
    };
  }
}

function files() {
  const drop = document.querySelector("[data-drop]");
  if (!drop) return;
  drop.hidden = false;
  document.querySelector("[data-plain-upload]").hidden = true;
  const input = drop.querySelector("input");
  const all = async (list) => {
    // One after the other: the first is not slowed down by the last.
    for (const file of list) await take(file);
  };
  input.addEventListener("change", () => {
    const list = [...input.files];
    input.value = "";
    all(list);
  });
  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  // Anywhere on the page: a file dropped beside the place would have the browser leave it.
  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    drop.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && delete drop.dataset.over);
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    delete drop.dataset.over;
    all([...event.dataTransfer.files]);
  });
  comeBack();
}

// --- Awake

/** The form as the desk drew it: somebody may have been typing before this script was there. */
function drawnByDesk() {
  const blank = form.cloneNode(true);
  blank.reset();
  return written(typed(blank));
}

if (kit && form) {
  stands = drawnByDesk();
  // The form of somebody who was told of another's text is saved by their own hand.
  if (kit.dataset.conflict !== undefined) stopped = "paused";
  form.addEventListener("input", () => {
    changed();
    drawSoon();
  });
  form.addEventListener("focusin", follow);
  form.addEventListener("focusout", () => isDirty() && !failures && save());
  growing();
  asking();
  form.elements.target?.addEventListener("input", askWhy);
  byForm();
  addEventListener("online", () => isDirty() && save());
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : lookAgain()));
  addEventListener("focus", lookAgain);
  document.querySelector('[data-told="newer"] [data-do="load"]').onclick = () => location.assign(kit.dataset.page);
  document.querySelector('[data-told="conflict"] [data-do="see"]').onclick = () => form.requestSubmit(form.querySelector('.ways [value="save"]'));
  forgetOld();
  offerKept();
  files();
  if (isDirty()) {
    form.elements.genre?.dispatchEvent(new Event("change"));
    askWhy();
    changed();
    drawSoon();
  }
  document.documentElement.dataset.editing = "awake";
}
