// The signed token: a COSE_Sign1 over a CBOR array of ten (docs/certificates.md). There is one way to write it.

export class AlteredError extends Error {}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function fromBase32(text) {
  const bytes = [];
  let bits = 0, held = 0;
  for (const symbol of text) {
    const value = BASE32.indexOf(symbol);
    if (value < 0) throw new AlteredError("base32");
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  if (bits >= 5 || held & ((1 << bits) - 1)) throw new AlteredError("base32");
  return Uint8Array.from(bytes);
}

// Reads what the token uses of CBOR (unsigned and negative numbers, bytes, text, arrays, maps, tags), shortest heads only.
function reader(bytes) {
  let at = 0;
  const take = (count) => {
    if (at + count > bytes.length) throw new AlteredError("short");
    at += count;
    return bytes.subarray(at - count, at);
  };
  const head = () => {
    const [first] = take(1);
    const size = first & 31;
    if (size < 24) return [first >> 5, size];
    if (size > 26) throw new AlteredError("head");
    const value = take(1 << (size - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
    if (value < [24, 256, 65536][size - 24]) throw new AlteredError("long head");
    return [first >> 5, value];
  };
  const read = () => {
    const [kind, value] = head();
    if (kind === 0) return value;
    if (kind === 1) return -1 - value;
    if (kind === 2) return take(value);
    if (kind === 3) return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(take(value));
    if (kind === 4) return Array.from({length: Math.min(value, bytes.length)}, read);
    if (kind === 5) return new Map(Array.from({length: Math.min(value, bytes.length)}, () => [read(), read()]));
    if (kind === 6) return {tag: value, value: read()};
    throw new AlteredError("kind");
  };
  return {read, done: () => at === bytes.length};
}

function decode(bytes) {
  const {read, done} = reader(bytes);
  const value = read();
  if (!done()) throw new AlteredError("trailing bytes");
  return value;
}

const bytesHead = (length) => (length < 24 ? [0x40 | length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255]);

// RFC 9052, section 4.4
const signedBytes = (header, payload) =>
  Uint8Array.from([
    0x84, 0x6a, ...new TextEncoder().encode("Signature1"), ...bytesHead(header.length), ...header, 0x40, ...bytesHead(payload.length), ...payload,
  ]);

const isBytes = (value, length) => value instanceof Uint8Array && (length === undefined || value.length === length);

function factsOf(payload) {
  const fields = decode(payload);
  if (!Array.isArray(fields) || fields.length !== 10 || fields[0] !== 1 || !isBytes(fields[8], 8)) throw new AlteredError("payload");
  const [, symbols, name, issueDay, validity, score, maxScore, maxLevel, nibbles, statusIndex] = fields;
  const levels = [...nibbles].flatMap((byte) => [byte >> 4, byte & 15]);
  return {code: `P-${symbols}`, name, issued: issueDay * 864e5, expires: (issueDay + validity) * 864e5, score, maxScore, maxLevel, levels, statusIndex};
}

// What the token says and what is needed to check its signature; throws AlteredError for any other layout.
export function parseToken(bytes) {
  try {
    const message = decode(bytes);
    const [header, other, payload, signature] = message.value;
    const protectedHeader = decode(header);
    const keyId = protectedHeader.get(4);
    const wellFormed =
      message.tag === 18 && message.value.length === 4 && other.size === 0 && isBytes(signature, 64) &&
      protectedHeader.size === 2 && protectedHeader.get(1) === -7 && isBytes(keyId, 4);
    if (!wellFormed) throw new AlteredError("layout");
    return {
      facts: factsOf(payload),
      keyId: [...keyId].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
      signed: signedBytes(header, payload),
      signature,
    };
  } catch (error) {
    throw error instanceof AlteredError ? error : new AlteredError(error.message);
  }
}
