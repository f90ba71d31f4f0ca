// The real server, started for a test on a free port and stopped after it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const house = fileURLToPath(new URL("..", import.meta.url));

/** The program under test: GAZETTE_BIN, else what cargo built last for tests. */
export function program() {
  const target = process.env.CARGO_TARGET_DIR || join(house, "target");
  const path = process.env.GAZETTE_BIN || join(target, "debug", "gazette");
  if (!existsSync(path)) throw new Error(`${path} is not there: build it with "cargo build -p server", or set GAZETTE_BIN`);
  return path;
}

/** A place for one chain: its data folder, and beside it the folder of the high-water mark. Gone when the test is. */
export async function temporaryPlace() {
  return placeIn(await mkdtemp(join(tmpdir(), "gazette-end2end-")));
}

/** The same place, found again by its path. */
export function placeIn(path) {
  return {
    path,
    data: join(path, "data"),
    state: join(path, "state"),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** A copy of a place whose server has stopped. */
export async function copyOf(place) {
  const copy = await temporaryPlace();
  await cp(place.path, copy.path, { recursive: true });
  return copy;
}

function settings(place, env) {
  const own = place ? { GAZETTE_DATA: place.data, GAZETTE_STATE: place.state } : {};
  return { ...process.env, ...own, ...env };
}

/** Runs a command of the program on a place to its end; answers its exit code and what it said. */
export async function run(args, place, env = {}) {
  const child = spawn(program(), args, { env: settings(place, env), stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (out += text));
  const code = await ended(child);
  return { code, out };
}

/** Serves a place; answers when it listens. `stop()` asks it to end and waits until it has. */
export async function serve(place, { port = 0, args = [], env = {} } = {}) {
  const child = spawn(program(), ["serve", "--listen", `127.0.0.1:${port}`, ...args], {
    env: settings(place, env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = { url: "", port: 0, log: "", place, stop };
  const end = ended(child);

  async function stop() {
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    const code = await end;
    clearTimeout(patience);
    return code;
  }

  try {
    server.url = await new Promise((resolve, reject) => {
      const hear = (text) => {
        server.log += text;
        const found = /^listening on (http:\/\/\S+)\r?\n/m.exec(server.log);
        if (found) resolve(found[1]);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      end.then((code) => {
        const error = new Error(`the server ended with ${code} before it listened:\n${server.log}`);
        reject(Object.assign(error, { code, log: server.log }));
      }, reject);
      setTimeout(() => reject(new Error(`the server did not listen within a minute:\n${server.log}`)), 60_000).unref();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  server.port = Number(new URL(server.url).port);
  return server;
}

/** What a server said that would not start; fails when it starts all the same. */
export async function refusal(place, options) {
  let server;
  try {
    server = await serve(place, options);
  } catch (error) {
    if (typeof error.code !== "number" || error.code === 0) throw error;
    return error.log;
  }
  await server.stop();
  throw Object.assign(new Error("the server started"), { log: server.log });
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
}
