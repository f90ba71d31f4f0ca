// A ZIP archive as a test needs it: files as they are, their names in the bytes that are given.
import { crc32 } from "node:zlib";

const number = (size, value) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
};

/** Packs files: each a name, as text or as bytes of another encoding, and its content. */
export function archive(files) {
  const local = [];
  const listed = [];
  let offset = 0;
  for (const [called, content] of files) {
    const utf8 = typeof called === "string";
    const [name, bytes] = [Buffer.from(called), Buffer.from(content)];
    // Version, flags (names in UTF-8), stored, no time, sum, both sizes, length of the name.
    const same = [number(2, 20), number(2, utf8 ? 0x800 : 0), number(2, 0), number(4, 0), number(4, crc32(bytes)), number(4, bytes.length), number(4, bytes.length), number(2, name.length)];
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), ...same, number(2, 0), name]);
    listed.push(Buffer.concat([Buffer.from("PK\x01\x02"), number(2, 20), ...same, number(2, 0), number(2, 0), number(2, 0), number(2, 0), number(4, 0), number(4, offset), name]));
    local.push(head, bytes);
    offset += head.length + bytes.length;
  }
  const list = Buffer.concat(listed);
  const end = [Buffer.from("PK\x05\x06"), number(2, 0), number(2, 0), number(2, files.length), number(2, files.length), number(4, list.length), number(4, offset), number(2, 0)];
  return Buffer.concat([...local, list, ...end]);
}
