// A real mail server for tests, as its keepers make it: TLS, sign-in, and the answers that servers give. Also a program of its
// own: `node post.js FOLDER [PORT] [plain|tls|bare]` prints its port, then each letter it took, a line of JSON each.
//   Recipients: refused@… are refused for good, later@… for now (until the file FOLDER/open is there).
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SMTPServer } from "smtp-server";

export const LOGIN = { user: "desk", password: "paper lanterns" };

/** A certificate for this machine, made in a folder: its own authority. Answers the paths of key and certificate. */
export function certificate(folder) {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  if (!existsSync(cert)) {
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key, "-out", cert];
    execFileSync("openssl", [...made, ...subject], { stdio: "ignore" });
  }
  return { key, cert };
}

/** Starts one. kind: plain offers STARTTLS, tls speaks it from the first byte, bare has none. */
export async function mailServer(folder, { port = 0, kind = "plain", took = () => {} } = {}) {
  const { key, cert } = certificate(folder);
  const letters = [];
  const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    key: readFileSync(key),
    cert: readFileSync(cert),
    secure: kind === "tls",
    hideSTARTTLS: kind === "bare",
    authOptional: kind === "bare",
    disableReverseLookup: true,
    onAuth: ({ username, password }, _, done) =>
      username === LOGIN.user && password === LOGIN.password ? done(null, { user: username }) : done(refuse(535, "wrong name or password")),
    onRcptTo: ({ address }, _, done) => {
      if (address.startsWith("refused@")) return done(refuse(550, "no such mailbox"));
      if (address.startsWith("later@") && !existsSync(join(folder, "open"))) return done(refuse(451, "come back later"));
      done();
    },
    onData: (stream, session, done) => {
      const pieces = [];
      stream.on("data", (piece) => pieces.push(piece));
      stream.on("end", () => {
        const source = Buffer.concat(pieces).toString("utf8");
        const letter = { to: session.envelope.rcptTo.map(({ address }) => address), tls: session.secure, source };
        letters.push(letter);
        took(letter);
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const own = server.server.address().port;
  return { port: own, letters, cert, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** What a letter says, decoded: subject, and text. */
export function read({ source }) {
  const at = source.indexOf("\r\n\r\n");
  const head = source.slice(0, at).replace(/\r\n[ \t]/g, " ");
  const header = (name) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
  const words = header("subject").replace(/\?=\s+=\?/g, "?==?");
  const subject = words.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, text) => Buffer.from(text, "base64").toString("utf8"));
  const raw = source.slice(at + 4);
  const quoted = () => Buffer.from(raw.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
  const encoding = header("content-transfer-encoding").toLowerCase();
  const text = encoding === "base64" ? Buffer.from(raw, "base64").toString("utf8") : encoding === "quoted-printable" ? quoted().toString("utf8") : raw;
  return { head, subject, text, link: /https?:\/\/\S+/.exec(text)?.[0] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, port = "0", kind = "plain"] = process.argv;
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const server = await mailServer(folder, { port: Number(port), kind, took: (letter) => say({ ...letter, ...read(letter) }) });
  say({ port: server.port });
  process.stdin.on("end", () => process.exit(0)).resume();
}
