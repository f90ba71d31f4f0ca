// Runs the measured functions of a wasm module on a file of entries, each several times, and tells the best rates as JSON.
// node audit.mjs MODULE.wasm ENTRIES
import { readFileSync } from "node:fs";

const [module, file] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(module), {});
const { memory, place, audit, audit_one_by_one, signatures } = instance.exports;
const entries = readFileSync(file);
const at = place(entries.length);
new Uint8Array(memory.buffer).set(entries, at);

function rate(work) {
  let best = 0;
  let count = 0;
  for (let turn = 0; turn < 4; turn++) {
    const begun = performance.now();
    count = work();
    const took = performance.now() - begun;
    if (count === 0) throw new Error("something did not hold");
    // The first turn warms the compiler up.
    if (turn > 0) best = Math.max(best, (1e3 * count) / took);
  }
  return { count, rate: best };
}

console.log(
  JSON.stringify({
    audit: rate(audit),
    auditOneByOne: rate(audit_one_by_one),
    batched: rate(() => signatures(1)),
    oneByOne: rate(() => signatures(0)),
  }),
);
