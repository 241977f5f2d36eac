// What people see and do: the token in the address, the form, the camera and the file all lead to one verdict.

import {check} from "./check.js";
import {fetchToken, parseCode, parseDate} from "./sealed.js";
import {COMPETENCES, DOMAINS, TEXTS} from "./texts.js";
import {AlteredError, fromBase32, parseToken} from "./token.js";

const MARKS = {genuine: "✓", expired: "!", revoked: "✕", altered: "✕", unknown: "?", unchecked: "!", offline: "…"};
const $ = (id) => document.getElementById(id);
let language = (navigator.languages ?? ["fr"]).find((tag) => /^(fr|en)/i.test(tag))?.slice(0, 2).toLowerCase() === "en" ? 1 : 0;
let shown = null;
let turn = 0;
let scanning = null;

const say = (key) => TEXTS[key][language];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const locale = () => (language ? "en-GB" : "fr-FR");
const day = (ms) => new Date(ms).toLocaleDateString(locale(), {dateStyle: "long", timeZone: "UTC"});
const instant = (ms) => new Date(ms).toLocaleString(locale(), {dateStyle: "long", timeStyle: "short"});

function translate() {
  document.documentElement.lang = language ? "en" : "fr";
  document.title = shown && TEXTS[shown.state] ? `${say(shown.state)} – ${say("title")}` : say("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String((button.dataset.language === "en") === Boolean(language)));
  }
  for (const [id, key] of [["code", "badCode"], ["birth", "badDate"]]) if ($(`${id}-error`).textContent) $(`${id}-error`).textContent = say(key);
  // Nothing is shown before its words are there, and nothing below what is about to grow: the page never jumps.
  $("ways").hidden = Boolean(shown);
  $("notices").hidden = shown?.state === "busy";
  if (shown) draw();
}

function row(rank, level, domain, index) {
  const name = element("th", {scope: "row"}, `${domain}.${index} ${COMPETENCES[rank][language]}`);
  const bar = element("span", {class: "bar", "aria-hidden": "true"});
  for (let step = 1; step <= shown.facts.maxLevel; step += 1) bar.append(element("i", step <= level ? {class: "on"} : {}));
  return element("tr", {}, name, element("td", level ? {} : {class: "none"}, ...(level ? [bar, String(level)] : [say("none")])));
}

function table() {
  const made = element("table", {}, element("caption", {}, say("levels")));
  made.append(element("thead", {}, element("tr", {}, element("th", {scope: "col"}, say("competence")), element("th", {scope: "col"}, say("level")))));
  let rank = 0;
  DOMAINS.forEach(([fr, en, count], place) => {
    const body = element("tbody", {}, element("tr", {class: "domain"}, element("th", {colspan: 2, scope: "rowgroup"}, `${place + 1}. ${language ? en : fr}`)));
    for (let index = 1; index <= count; index += 1, rank += 1) body.append(row(rank, shown.facts.levels[rank], place + 1, index));
    made.append(body);
  });
  return made;
}

function facts() {
  const {name, score, maxScore, issued, expires, code} = shown.facts;
  const list = element("dl");
  const line = (key, value) => list.append(element("div", {}, element("dt", {}, say(key)), element("dd", {}, value)));
  line("score", `${score} pix ${say("outOf")} ${maxScore}`);
  line("issued", day(issued));
  line("until", day(expires - 864e5));
  line("code", code.replace(/^(P-.{4})(.{4})(.{4})$/, "$1 $2 $3"));
  return [element("p", {class: "hint"}, say("compare")), element("p", {class: "name"}, name), list, table(), element("p", {class: "hint"}, say("note"))];
}

function draw() {
  const result = $("result");
  result.hidden = false;
  result.className = shown.state;
  result.setAttribute("aria-busy", String(shown.state === "busy"));
  if (shown.state === "busy") {
    result.replaceChildren(element("p", {}, say("busy")), element("progress", {"aria-label": say("busy")}));
    return;
  }
  const verdict = element("div", {class: "verdict"}, element("span", {class: "mark", "aria-hidden": "true"}, MARKS[shown.state]), element("h2", {}, say(shown.state)));
  verdict.append(element("p", {}, say(`${shown.state}Says`)));
  if (shown.state === "unchecked") verdict.append(element("p", {}, shown.since ? `${say("uncheckedSince")} ${instant(shown.since)}` : say("uncheckedNever")));
  if (shown.state === "genuine") verdict.append(element("p", {}, `${say("checkedAt")} ${instant(shown.since)}`));
  const again = element("button", {type: "button", class: "plain"}, say("again"));
  again.addEventListener("click", start);
  result.replaceChildren(verdict, ...(shown.facts ? facts() : []), element("p", {class: "again"}, again));
}

function show(verdict) {
  shown = verdict;
  translate();
  if (verdict.state !== "busy") $("result").focus();
}

function start() {
  turn += 1;
  shown = null;
  $("result").hidden = true;
  $("typed").reset();
  translate();
  $("code").focus();
}

// Shows the verdict on the token that `find` gives (null: there is none).
async function judge(find) {
  const mine = (turn += 1);
  stopScanning();
  show({state: "busy"});
  let verdict;
  try {
    const token = await find();
    verdict = token ? await check(token) : {state: "unknown"};
  } catch (error) {
    verdict = {state: error instanceof AlteredError ? "altered" : "offline"};
  }
  if (mine === turn) show(verdict);
}

const judgeFragment = (fragment) => judge(async () => parseToken(fromBase32(fragment)));

function takeFragment() {
  const fragment = location.hash.slice(1);
  if (!fragment) return;
  // The token leaves the address bar, the history and whatever is copied or synchronised from them.
  history.replaceState(null, "", location.pathname + location.search);
  judgeFragment(fragment);
}

function mark(id, message) {
  $(`${id}-error`).textContent = message;
  for (const field of id === "birth" ? ["day", "month", "year"] : [id]) $(field).setAttribute("aria-invalid", String(Boolean(message)));
}

$("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const symbols = parseCode($("code").value);
  const birthDate = parseDate(...["day", "month", "year"].map((id) => $(id).value.trim()));
  mark("code", symbols ? "" : say("badCode"));
  mark("birth", birthDate ? "" : say("badDate"));
  if (!symbols) $("code").focus();
  else if (!birthDate) $("day").focus();
  else judge(() => fetchToken(symbols, birthDate));
});

// The PDF carries its token in the link over the QR code, uncompressed.
function takeFile(file) {
  if (!file) return;
  judge(async () => {
    const text = new TextDecoder("latin1").decode(await file.arrayBuffer());
    const found = text.match(/\/v#([A-Z2-7]{100,2000})\)/);
    if (!found) throw new AlteredError("no token");
    return parseToken(fromBase32(found[1]));
  });
}

$("file").addEventListener("change", ({target}) => {
  takeFile(target.files[0]);
  target.value = "";
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});

function stopScanning() {
  scanning?.getTracks().forEach((track) => track.stop());
  scanning = null;
  $("camera").hidden = true;
  $("scan").dataset.text = "scan";
}

async function scan() {
  const detector = new BarcodeDetector({formats: ["qr_code"]}), camera = $("camera"), mine = turn;
  scanning = camera.srcObject = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}});
  // Another way may have been taken while the browser asked for leave.
  if (mine !== turn) return stopScanning();
  camera.hidden = false;
  $("scan").dataset.text = "stop";
  translate();
  await camera.play();
  while (scanning) {
    for (const {rawValue} of await detector.detect(camera)) {
      const fragment = rawValue.split("#")[1];
      if (fragment && scanning) judgeFragment(fragment);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

$("scan").addEventListener("click", async () => {
  if (scanning) stopScanning();
  else {
    await scan().catch(() => {
      stopScanning();
      $("scan").dataset.text = "noCamera";
    });
  }
  translate();
});
$("scan").hidden = !("BarcodeDetector" in window && navigator.mediaDevices);
$("host").textContent = location.host;
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    language = button.dataset.language === "en" ? 1 : 0;
    translate();
  });
}
addEventListener("hashchange", takeFragment);
translate();
takeFragment();
navigator.serviceWorker?.register("v-worker.js", {scope: "v"}).catch(() => {});
