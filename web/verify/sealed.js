// The typed route: code and birth date lead to an object of the site, and open it (docs/certificates.md).

import {AlteredError, parseToken} from "./token.js";

export const ROUNDS = 600000;
const ALPHABET = "2346789BCDFGHJKMPQRTVWXY";
const utf8 = (text) => new TextEncoder().encode(text);

// The twelve symbols of a typed code, or null when one is missing, wrong or swapped with its neighbour.
export function parseCode(text) {
  let symbols = text.toUpperCase().replace(/[\s-]/g, "");
  if (symbols.length === 13 && symbols[0] === "P") symbols = symbols.slice(1);
  if (symbols.length !== 12) return null;
  let eighths = 0, thirds = 0;
  for (const symbol of symbols) {
    const value = ALPHABET.indexOf(symbol);
    if (value < 0) return null;
    eighths = (eighths << 1) ^ (eighths & 4 ? 11 : 0) ^ (value & 7);
    thirds = (2 * thirds + (value >> 3)) % 3;
  }
  return eighths || thirds ? null : symbols;
}

// The date as YYYY-MM-DD, or null when there is no such day.
export function parseDate(day, month, year) {
  const date = new Date(Date.UTC(+year, month - 1, +day));
  const real = /^\d{4}$/.test(year) && date.getUTCFullYear() === +year && date.getUTCMonth() === month - 1 && date.getUTCDate() === +day;
  return real ? date.toISOString().slice(0, 10) : null;
}

async function deriveKeys(symbols, birthDate) {
  const secret = await crypto.subtle.importKey("raw", utf8(`${symbols}|${birthDate}`), "PBKDF2", false, ["deriveBits"]);
  const stretched = await crypto.subtle.deriveBits({name: "PBKDF2", hash: "SHA-256", salt: utf8("jalon/certificate/v1"), iterations: ROUNDS}, secret, 256);
  const master = await crypto.subtle.importKey("raw", stretched, "HKDF", false, ["deriveBits", "deriveKey"]);
  const labelled = (label) => ({name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(label)});
  const id = new Uint8Array(await crypto.subtle.deriveBits(labelled("object"), master, 128));
  return {
    objectId: [...id].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    key: await crypto.subtle.deriveKey(labelled("encryption"), master, {name: "AES-GCM", length: 256}, false, ["decrypt"]),
  };
}

// The token behind code and birth date; null when there is none, whichever of the two is wrong. Throws when the site does not answer.
export async function fetchToken(symbols, birthDate) {
  const {objectId, key} = await deriveKeys(symbols, birthDate);
  const response = await fetch(`c/${objectId}`, {credentials: "omit"});
  if (response.status === 404 || response.status === 403) return null;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const sealed = new Uint8Array(await response.arrayBuffer());
  const opening = {name: "AES-GCM", iv: sealed.subarray(0, 12), additionalData: utf8(objectId)};
  const opened = await crypto.subtle.decrypt(opening, key, sealed.subarray(12)).catch(() => {
    throw new AlteredError("sealed object");
  });
  const plain = new Uint8Array(opened);
  return parseToken(plain.slice(2, 2 + plain[0] * 256 + plain[1]));
}
