// Asks the browser for a passkey where a form wants one: to make it (create) or to show it (get). What is asked stands in
// <form hidden data-passkey="create|get" data-options="…">; what the browser answers goes into its field `credential`.

const keys = globalThis.PublicKeyCredential;
const reads = { create: keys?.parseCreationOptionsFromJSON, get: keys?.parseRequestOptionsFromJSON };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const kind = form.dataset.passkey;
  const read = reads[kind];
  // A browser that has none keeps the other ways.
  if (!read) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const publicKey = read.call(keys, JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[kind]({ publicKey });
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      // Whoever changed their mind, or waited too long, is told and may try again.
      form.querySelector("[data-failed]").hidden = false;
    }
  });
}
