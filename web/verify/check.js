// The verdict on a token: its signature against the published keys, its place in the signed status list, its dates.

import {AlteredError} from "./token.js";

const ES256 = {name: "ECDSA", hash: "SHA-256"};
const PLACES = 1 << 22;
const KEYS = ".well-known/jalon-certificate-keys.json";

export const fromBase64url = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (symbol) => symbol.charCodeAt(0));

async function get(path) {
  const response = await fetch(path, {cache: "no-cache", credentials: "omit"});
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response;
}

// Whether the key `id` made `signature` at some time from `earliest` to `latest` (ms).
async function signedBy(keys, id, earliest, latest, signature, signed) {
  const jwk = keys.find((key) => key.kid === id);
  if (!jwk || latest < jwk.nbf * 1000 || (jwk.exp && earliest > jwk.exp * 1000)) return false;
  const {kty, crv, x, y} = jwk;
  const key = await crypto.subtle.importKey("jwk", {kty, crv, x, y}, {name: "ECDSA", namedCurve: "P-256"}, false, ["verify"]);
  return crypto.subtle.verify(ES256, key, signature, signed);
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// {revoked, from, until} from the signed list of the place's year; throws when it cannot be had or is not ours.
async function statusOf(keys, index) {
  const year = 2020 + Math.floor(index / PLACES), place = index % PLACES;
  const [header, payload, signature] = (await (await get(`status/${year}`)).text()).split(".");
  const parse = (part) => JSON.parse(new TextDecoder().decode(fromBase64url(part)));
  const list = parse(payload), from = Date.parse(list.validFrom), until = Date.parse(list.validUntil);
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  const ours = parse(header).alg === "ES256" && (await signedBy(keys, parse(header).kid, from, from, fromBase64url(signature), signed));
  const {type, statusPurpose, encodedList} = list.credentialSubject;
  const right = type === "BitstringStatusList" && statusPurpose === "revocation" && new URL(list.id).pathname.endsWith(`/status/${year}`);
  if (!ours || !right || !(from < until)) throw new Error("not our status list");
  const bits = await inflate(fromBase64url(encodedList.slice(1)));
  return {revoked: Boolean(bits[place >> 3] & (128 >> (place & 7))), from, until};
}

// {state, facts?, since?}: genuine, expired, revoked, altered, unchecked (revocation cannot be checked, since when) or offline (nothing can).
export async function check({facts, keyId, signed, signature}, clock = Date.now()) {
  let keys;
  try {
    ({keys} = await (await get(KEYS)).json());
  } catch {
    return {state: "offline"};
  }
  // A certificate carries its day of issue, not the instant.
  if (!(await signedBy(keys, keyId, facts.issued, facts.issued + 864e5 - 1, signature, signed))) throw new AlteredError("signature");
  let status = null;
  try {
    status = await statusOf(keys, facts.statusIndex);
  } catch {
    // no list: the verdict says so
  }
  // A clock that is behind cannot be later than the list it reads.
  const now = Math.max(clock, status ? status.from : 0);
  if (status?.revoked) return {state: "revoked", facts};
  if (now >= facts.expires) return {state: "expired", facts};
  if (!status || now > status.until) return {state: "unchecked", facts, since: status ? status.from : null};
  return {state: "genuine", facts, since: status.from};
}
