// The real server, started for a test on a free port and stopped after it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
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

/** A data folder of its own, gone when the test is. */
export async function temporaryData() {
  const path = await mkdtemp(join(tmpdir(), "gazette-end2end-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Runs a command of the program to its end; answers its exit code and what it said. */
export async function run(args, env = {}) {
  const child = spawn(program(), args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (out += text));
  const code = await ended(child);
  return { code, out };
}

/** Serves `data`; answers when it listens. `stop()` asks it to end and waits until it has. */
export async function serve({ data, args = [], env = {} }) {
  const child = spawn(program(), ["serve", "--data", data, "--listen", "127.0.0.1:0", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = { url: "", log: "", stop };
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
      end.then(
        (code) => reject(new Error(`the server ended with ${code} before it listened:\n${server.log}`)),
        reject,
      );
      setTimeout(() => reject(new Error(`the server did not listen within a minute:\n${server.log}`)), 60_000).unref();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return server;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
}
