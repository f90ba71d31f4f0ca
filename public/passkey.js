// Asks the browser for a passkey where a form wants one: to make it (create) or to show it (get). What is asked stands in
// <form hidden data-passkey="create|get" data-options="…">; what the browser answers goes into its field `credential`. With
// data-ask="address" instead it is fetched there when it is wanted, and its `way` goes into the field of that name.

const keys = globalThis.PublicKeyCredential;
const reads = { create: keys?.parseCreationOptionsFromJSON, get: keys?.parseRequestOptionsFromJSON };

async function asked({ dataset, elements }) {
  if (!dataset.ask) return JSON.parse(dataset.options);
  const answer = await fetch(dataset.ask, { method: "POST" });
  const { way, options } = await answer.json();
  elements.way.value = way;
  return options;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const kind = form.dataset.passkey;
  const read = reads[kind];
  // A browser that has none keeps the other ways.
  if (!read) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const publicKey = read.call(keys, await asked(form));
      const credential = await navigator.credentials[kind]({ publicKey });
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      // Whoever changed their mind, or waited too long, is told and may try again.
      form.querySelector("[data-failed]").hidden = false;
    }
  });
}
