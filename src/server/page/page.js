"use strict";
const at = (id) => document.getElementById(id);
const VERDICTS = {
  "known": "It is on a list of known images.",
  "tampered": "It was changed after it was signed.",
  "ai-generated": "A generative model made it, as far as its evidence goes.",
  "ai-edited": "A generative model edited it, as far as its evidence goes.",
  "ai-ingredient": "Something that a generative model made went into it.",
  "edited": "It was edited by ordinary means.",
  "captured": "A camera captured it, and somebody who is trusted says so.",
  "may-contain-ai": "It is of a kind that may hold something that a model made.",
  "no-evidence": "Nothing that decides was found. That says nothing in its favour: marks are easily lost.",
  "unchecked": "It could not be checked, or not fully.",
};
const ACTIONS = { pass: "let it pass", label: "label it", review: "have a person look at it", block: "block it" };
const STRENGTHS = {
  proven: "proven by cryptography",
  measured: "measured in the picture",
  declared: "declared in the file, which anyone can write",
  hint: "a hint, never enough alone",
};
let last = null;
let asked = 0;

function say(text) { at("status").textContent = text; }

function item(parent, text) {
  const one = document.createElement("li");
  one.textContent = text;
  at(parent).append(one);
  return one;
}

function words(value) {
  if (Array.isArray(value)) return value.map(words).join(", ");
  if (value !== null && typeof value === "object") {
    return Object.entries(value).map(([key, inner]) => `${key.replaceAll("_", " ")}: ${words(inner)}`).join("; ");
  }
  return String(value);
}

function show(record) {
  const verdict = record.verdict;
  at("verdict").textContent = `Verdict: ${verdict.replaceAll("-", " ")}`;
  at("meaning").textContent = `${VERDICTS[verdict] ?? ""} The policy says: ${ACTIONS[record.action] ?? record.action}.`;
  for (const id of ["evidence", "errors"]) at(id).replaceChildren();
  for (const one of record.evidence) {
    const entry = item("evidence", `${one.summary} (${STRENGTHS[one.strength] ?? one.strength}) `);
    const code = document.createElement("span");
    code.className = "code";
    code.textContent = one.code;
    entry.append(code);
    if (one.detail) {
      const detail = document.createElement("p");
      detail.className = "detail";
      detail.textContent = words(one.detail);
      entry.append(detail);
    }
  }
  if (record.evidence.length === 0) item("evidence", "Nothing.");
  const errors = record.errors ?? [];
  for (const one of errors) item("errors", one.message);
  at("errors-part").hidden = errors.length === 0;
  at("record").textContent = JSON.stringify(record, null, 2);
  at("answer").hidden = false;
  say("Done.");
  at("verdict").focus();
}

async function check(file) {
  last = file;
  const turn = ++asked;
  at("answer").hidden = true;
  say(`Checking ${file.name} …`);
  const headers = { "Content-Type": "application/octet-stream" };
  const token = at("token").value;
  if (token) headers["Authorization"] = `Bearer ${token}`;
  try {
    const response = await fetch("v1/check", { method: "POST", headers, body: file, credentials: "omit", cache: "no-store" });
    const answer = await response.json();
    if (turn !== asked) return;
    if (response.status === 401 || response.status === 403) {
      at("secret").hidden = false;
      say(`Not checked: ${answer.error}.`);
      at("token").focus();
      return;
    }
    if (!response.ok) return say(`Not checked: ${answer.error ?? response.status}.`);
    show(answer);
  } catch {
    if (turn === asked) say("Not checked: the service did not answer.");
  }
}

at("file").addEventListener("change", () => { const [file] = at("file").files; if (file) check(file); });
at("form").addEventListener("submit", (event) => { event.preventDefault(); if (last) check(last); });
const drop = at("drop");
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    const file = name === "drop" ? event.dataTransfer?.files[0] : undefined;
    if (file) check(file);
  });
}
