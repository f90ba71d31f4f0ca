// What programs meet: headers on every kind of answer, and the log at the addresses that C2SP clients read.
import { createHash } from "node:crypto";
import { request as http } from "node:http";
import { expect, test } from "../fixtures.js";

const SIZE = 56;

/** One request just as it is written, without a client's own tidying of the path. */
function raw(gazette, path, { method = "GET", headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const asked = http({ host: "127.0.0.1", port: gazette.port, path, method, headers }, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

const TEXT = "text/plain; charset=utf-8";
const BYTES = "application/octet-stream";
const FOREVER = "public, max-age=31536000, immutable";

test("every kind of answer carries the headers that keep a browser safe", async ({ gazette }) => {
  const home = (await raw(gazette, "/en/")).body.toString();
  const asset = /\/pkg\/main\.[0-9a-f]+\.css/.exec(home)[0];
  const part = /sha256:[0-9a-f]{64}/.exec((await raw(gazette, "/log/entry/53")).body.toString())[0];
  const addresses = ["/", "/en", "/en/", "/zh/search?q=a", "/en/disclosures/53", "/en/nowhere", "/en/disclosures/x", "/en/disclosures/0", asset, "/pkg/nothing.js", "/favicon.svg", "/log/checkpoint", "/log/tile/0/000.p/56", "/log/tile/x", "/log/evidence/56/1", `/content/${part}`, `/content/${part}.salt`, "/content/sha256:00", "/content/of/53"];
  for (const address of addresses) {
    const { headers } = await raw(gazette, address);
    expect(headers["x-content-type-options"], address).toBe("nosniff");
    expect(headers["referrer-policy"], address).toBe("no-referrer");
    expect(headers["cross-origin-opener-policy"], address).toBe("same-origin");
    expect(headers["content-security-policy"], address).toMatch(/^default-src 'none';/);
    expect(headers["content-security-policy"], address).not.toMatch(/script-src[^;]*'unsafe-inline'/);
    expect(headers["set-cookie"], address).toBeUndefined();
    expect(headers.server, address).toBeUndefined();
  }
  const { headers } = await raw(gazette, "/en/");
  for (const rule of ["script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
    expect(headers["content-security-policy"]).toContain(rule);
  }
  expect(home).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=/);
});

test("hashed files and tiles are kept for ever, pages and contents are asked for again", async ({ gazette }) => {
  const home = (await raw(gazette, "/en/")).body.toString();
  for (const file of home.match(/\/pkg\/[\w.]+/g)) expect((await raw(gazette, file)).headers["cache-control"], file).toBe(FOREVER);
  expect((await raw(gazette, "/en/")).headers["cache-control"]).toBe("no-cache");
  const { headers, body } = await raw(gazette, /\/pkg\/gazette_bg\.[0-9a-f]+\.wasm/.exec(home)[0], { headers: { "accept-encoding": "br" } });
  expect([headers["content-type"], headers["content-encoding"]]).toEqual(["application/wasm", "br"]);
  expect(body.length).toBeLessThan(150_000);
});

test("the log answers a C2SP client with the right types, and with nothing but what there is", async ({ gazette }) => {
  const checkpoint = await raw(gazette, "/log/checkpoint");
  expect([checkpoint.status, checkpoint.headers["content-type"]]).toEqual([200, TEXT]);
  expect(checkpoint.body.toString()).toMatch(/^gazette\.example\/log\n56\n[A-Za-z0-9+/]{43}=\n\n— gazette\.example\/log [A-Za-z0-9+/=]+\n$/);
  const there = [
    ["/log/tile/0/000.p/56", BYTES, FOREVER],
    ["/log/tile/0/000.p/1", BYTES, FOREVER],
    ["/log/tile/entries/000.p/56", BYTES, FOREVER],
    ["/log/policy", TEXT, "public, max-age=60"],
    ["/log/entry/0", TEXT, FOREVER],
    ["/log/proof/53.tlog-proof", TEXT, "public, max-age=10"],
    ["/log/consistency/50-56", TEXT, FOREVER],
    ["/log/evidence/56/0,7-9", "application/json", "public, max-age=86400"],
    ["/content/of/53", "application/json", "no-cache"],
  ];
  for (const [path, type, cache] of there) {
    const { status, headers } = await raw(gazette, path);
    expect([path, status, headers["content-type"], headers["cache-control"]]).toEqual([path, 200, type, cache]);
    if (path.startsWith("/log/")) expect(headers["access-control-allow-origin"], path).toBe("*");
  }
  const absent = ["/log/tile/0/000", "/log/tile/0/000.p/57", "/log/tile/0/001", "/log/tile/1/000.p/1", "/log/tile/8/000.p/1", "/log/tile/entries/000", "/log/tile/entries/000.p/57", "/log/entry/56", "/log/proof/56.tlog-proof", "/log/consistency/5-57", "/log/evidence/57/0", `/log/registry/${"ab".repeat(32)}/gazette.example/log`, `/content/sha256:${"ab".repeat(32)}`];
  for (const path of absent) expect([path, (await raw(gazette, path)).status]).toEqual([path, 404]);
  const malformed = ["/log/tile/0/0", "/log/tile/0/0000", "/log/tile/0/x000/000", "/log/tile/00/000.p/1", "/log/tile/64/000", "/log/tile/0/000.p/0", "/log/tile/0/000.p/256", "/log/tile/0/000.p/01", "/log/tile/0/-01", "/log/tile/data/000", "/log/tile/0/000.P/5", "/log/entry/007", "/log/entry/-1", "/log/entry/x", "/log/consistency/6-5", "/log/consistency/5", "/log/evidence/56/5,4", "/log/evidence/56/0-64", "/log/evidence/56/1,,2", "/log/registry/AB/x", "/content/sha256:AB", "/content/md5:00", "/content/of/1,1"];
  for (const path of malformed) expect([path, (await raw(gazette, path)).status]).toEqual([path, 400]);
});

test("nothing under the log or the contents redirects, and nothing there can be written to", async ({ gazette }) => {
  for (const path of ["/log", "/log/", "/log/checkpoint/", "/log//checkpoint", "/log/tile", "/log/tile/0/000.p/5/", "/log/entry/1/", "/content", "/content/"]) {
    const { status } = await raw(gazette, path);
    expect([path, status >= 400 && status < 500]).toEqual([path, true]);
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    for (const path of ["/log/checkpoint", "/log/entry/1", "/en/", "/content/of/1"]) expect([method, path, (await raw(gazette, path, { method })).status]).toEqual([method, path, 405]);
  }
});

test("a HEAD request is answered like a GET without its body", async ({ gazette }) => {
  for (const path of ["/log/checkpoint", "/log/tile/0/000.p/56", "/en/", "/log/entry/56"]) {
    const [get, head] = [await raw(gazette, path), await raw(gazette, path, { method: "HEAD" })];
    expect([head.status, head.headers["content-type"], head.body.length]).toEqual([get.status, get.headers["content-type"], 0]);
  }
});

test("partial tiles and bundles of every width are beginnings of the whole", async ({ gazette }) => {
  const tile = (await raw(gazette, `/log/tile/0/000.p/${SIZE}`)).body;
  const bundle = (await raw(gazette, `/log/tile/entries/000.p/${SIZE}`)).body;
  expect(tile.length).toBe(SIZE * 32);
  let at = 0;
  for (let width = 1; width <= SIZE; width += 1) {
    const length = bundle.readUInt16BE(at);
    const entry = bundle.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    expect((await raw(gazette, `/log/tile/0/000.p/${width}`)).body.equals(tile.subarray(0, width * 32))).toBe(true);
    expect((await raw(gazette, `/log/tile/entries/000.p/${width}`)).body.equals(bundle.subarray(0, at))).toBe(true);
    expect((await raw(gazette, `/log/entry/${width - 1}`)).body.equals(entry)).toBe(true);
    const leaf = createHash("sha256").update(Buffer.of(0)).update(entry).digest();
    expect(leaf.equals(tile.subarray(width * 32 - 32, width * 32))).toBe(true);
  }
  expect(at).toBe(bundle.length);
});

test("addresses of any shape get an answer, never a fault", async ({ gazette }) => {
  const shapes = ["/%00", "/en/%ff", "/en/disclosures/%ff", "/en/disclosures/99999999999999999999", "/en/agencies/%2e%2e/%2e%2e", "/pkg/../manifest.json", "/pkg/%2e%2e/manifest.json", "/..%2f..%2fetc/passwd", "/en/?before=99999999999999999999", "/en/?order=stated&page=99999999999999999999", "/en/search?q=%ff", "/en/search?page=-1", "/en/search?from=x&to=y", `/en/${"a".repeat(6000)}`, "/log/tile/0/x999/x999/x999/x999/x999/999", "/log/entry/9223372036854775807", "/content/%00"];
  for (const path of shapes) {
    const { status } = await raw(gazette, path);
    expect([path.slice(0, 60), status < 500]).toEqual([path.slice(0, 60), true]);
  }
});
