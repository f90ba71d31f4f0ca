// Wakes the islands of a page that the server rendered. The page says where glue and wasm are:
// <script type="module" src="…" data-js="…" data-wasm="…"></script>
// <html data-islands> tells style and tests how far it got: waking, awake or failed.

const script = document.querySelector("script[data-wasm]");
const state = document.documentElement.dataset;

// Content that an island wraps hydrates in that island's scope; Leptos leaves the way into it on <leptos-children>.
// The innermost one is last.
const scopes = [];

async function wake(island, app) {
  const hydrate = app[island.dataset.component];
  if (!hydrate) throw new Error(`no island named ${island.dataset.component}`);
  scopes.at(-1)?.();
  await hydrate(island);
}

async function visit(element, app) {
  if (element.localName === "leptos-island") {
    try {
      await wake(element, app);
    } catch (error) {
      // The rest of the page still works without this one.
      state.islands = "failed";
      console.error(error);
    }
  }
  const opens = element.localName === "leptos-children";
  if (opens) scopes.push(element.$$on_hydrate);
  for (const child of element.children) await visit(child, app);
  if (opens) scopes.pop();
}

async function boot() {
  // A page that only has to be read costs its reader no download.
  if (!document.querySelector("leptos-island")) return;
  state.islands = "waking";
  try {
    const app = await import(script.dataset.js);
    await app.default({ module_or_path: script.dataset.wasm });
    app.hydrate();
    await visit(document.body, app);
  } catch (error) {
    state.islands = "failed";
    console.error(error);
  }
  if (state.islands === "waking") state.islands = "awake";
}

// The keys that dialog[data-key-help] lists. Enter is the browser's own, on the link that j and k put in focus.

function step(by) {
  const items = [...document.querySelectorAll("[data-key-list] > *")].filter((item) => item.querySelector("[data-key-open]"));
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = at < 0 ? items[0] : items[at + by];
  next?.querySelector("[data-key-open]").focus();
}

function search() {
  const field = document.querySelector("[data-key-search]");
  // On a narrow screen the masthead has no room for one; the page of search has.
  if (!field?.getClientRects().length) return location.assign(document.querySelector("form[role=search]").action);
  field.focus();
  field.select();
}

const keys = { j: () => step(1), k: () => step(-1), "/": search, "?": () => document.querySelector("dialog[data-key-help]")?.showModal() };

addEventListener("keydown", (event) => {
  // Out of the field that / reaches, the keys are keys again.
  if (event.key === "Escape" && event.target.matches?.("[data-key-search]")) return event.target.blur();
  const does = keys[event.key];
  // Whoever is typing, or already reading the list of keys, means the character.
  if (!does || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog")) return;
  event.preventDefault();
  does();
});

boot();
