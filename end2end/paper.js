// A paper up for approval, as a page of the desk shows it and as its addresses give it to be signed: with every part in the test's hands.
import { createHash } from "node:crypto";

export const CASE = "51".repeat(16);
const SALTS = ["01".repeat(16), "02".repeat(16), "03".repeat(16)];

const sha256 = (...pieces) => pieces.reduce((hash, piece) => hash.update(piece), createHash("sha256"));
const commitment = (salt, text) => `sha256:${sha256("gazette/v1 content\n", Buffer.from(salt, "hex"), text).digest("hex")}`;
export const leaf = (entry) => sha256(Buffer.from([0]), entry).digest("base64");

const listed = (at, name) => `<li data-part="${at}"><a href="/desk/cases/${CASE}/parts/${at}"><bdi data-field="parts">${name}</bdi></a></li>`;

/** What is frozen of a title and a text: its core line, its parts, and the page's piece that shows them. */
export function paper(agency, title = "The budget", text = "It is in order.") {
  const texts = [JSON.stringify({ title, genre: "notice", parts: ["Budget.md", "Sums.csv"] }), `## ${title}\n\n${text}\n`, "a,b\n1,2\n"];
  const kinds = [
    ["catalogue", "application/json"],
    ["body", "text/markdown"],
    ["attachment", "text/csv"],
  ];
  const parts = texts.map((bytes, n) => ({ bytes, salt: SALTS[n], commitment: commitment(SALTS[n], bytes) }));
  const core = {
    type: "disclosure",
    id: "9f".repeat(16),
    agency,
    genre: "notice",
    language: "en",
    stated: {},
    parts: parts.map(({ bytes, commitment }, n) => ({ role: kinds[n][0], media: kinds[n][1], size: Buffer.byteLength(bytes), commitment })),
  };
  const line = JSON.stringify(core);
  const shown = `
    <article data-frozen>
      <h1><bdi data-field="title">${title}</bdi></h1>
      <p><bdi data-field="genre">notice</bdi> <bdi data-field="language">en</bdi></p>
      <section class="body"><h2>Text</h2><div class="prose" data-part="${parts[1].commitment}"><h2>${title}</h2>\n<p>${text}</p>\n</div></section>
      <ul class="parts">${[[1, "Budget.md"], [2, "Sums.csv"]].map(([n, name]) => listed(parts[n].commitment, name)).join("")}</ul>
    </article>`;
  return { line, digest: sha256(line).digest("hex"), parts, shown };
}

/** The form under which a page's script signs. */
export function form({ agency, post, rule, digest }) {
  return `
    <form data-sign="/desk/cases/${CASE}/sign" data-steps="/desk/cases/${CASE}/steps" data-case="${CASE}" data-agency="${agency}" data-code="sign"
      data-rule="${rule}" data-core="${digest}">
      <input type="hidden" name="post" value="${post}">
      <label><input type="radio" name="decision" value="approve"> Approve</label>
      <label><input type="radio" name="decision" value="reject"> Reject</label>
      <label>Reason <textarea name="reason"></textarea></label>
      <p class="said" role="status"></p>
      <button>Sign</button>
    </form>`;
}

/**
 * Puts a case of one paper at the desk's addresses: its page, on the real page's own frame and under its policy; what is to be signed; and
 * where steps go, which hands them to the log's own door. `alter` changes answers on their way.
 */
export async function caseAt(page, server, { frame, agency, post, alter = {} }) {
  const rule = Buffer.alloc(32, 7).toString("base64");
  const state = { shown: paper(agency), asked: paper(agency), previous: null, sent: [], signs: 0, alter };
  await page.route(`**/en/desk/cases/${CASE}`, async (route) => {
    const answer = await route.fetch({ url: frame });
    const html = await answer.text();
    const kit = /<div hidden[^>]*data-signing[\s\S]*?<\/div>/.exec(html)[0];
    const main = `<main id="main">${state.shown.shown}${form({ agency, post, rule, digest: state.shown.digest })}${kit}</main>`;
    await route.fulfill({ response: answer, body: html.replace(/<main[\s\S]*<\/main>/, () => main) });
  });
  await page.route(`**/desk/cases/${CASE}/sign?code=sign`, async (route) => {
    state.signs += 1;
    const { line, parts } = state.asked;
    const listed = parts.map(({ salt, commitment }) => ({ salt, commitment, address: `/desk/cases/${CASE}/parts/${commitment}` }));
    const said = { origin: "gazette.example/log", agency, case: CASE, code: "sign", core_line: line, rule, previous: state.previous, parts: listed };
    await route.fulfill({ json: state.alter.said?.(said) ?? said });
  });
  await page.route(`**/desk/cases/${CASE}/parts/*`, async (route) => {
    const part = state.asked.parts.find(({ commitment }) => route.request().url().endsWith(commitment));
    await (part ? route.fulfill({ body: state.alter.part?.(part) ?? part.bytes }) : route.fulfill({ status: 404 }));
  });
  await page.route(`**/desk/cases/${CASE}/steps`, async (route) => {
    const sent = route.request().postDataJSON();
    state.sent.push({ ...sent, token: route.request().headers()["x-gazette-token"] });
    const line = `${JSON.stringify({ note: sent.note, parts: [] })}\n`;
    const answer = await fetch(`${server.url}/submit`, { method: "POST", body: line });
    const { index, refused } = JSON.parse(await answer.text());
    if (index !== undefined) return route.fulfill({ json: { index } });
    const stale = /newest step is another/.test(refused);
    if (stale) state.previous = state.newest;
    await route.fulfill({ status: 409, json: { refused, code: stale ? "stale-case" : /by no key/.test(refused) ? "unknown-key" : "other", retry: stale } });
  });
  return state;
}
