"use strict";

// The records and what they refer to. `row.rs` writes them in this order.
const [PATH, VERDICT, ACTION, BECAUSE, EVIDENCE, MEDIA, WIDTH, HEIGHT, BYTES, SHA256, STATES, FAULTS, NOTES, GROUP] = Array(14).keys();
const [CODE, STRENGTH, DETAIL] = Array(3).keys();

const about = taken("about");
const rows = taken("rows");

// Takes JSON out of the page, so that its text does not stay in memory beside what was read from it.
function taken(id) {
  const element = document.getElementById(id);
  const value = JSON.parse(element.textContent);
  element.remove();
  return value;
}

// What a verdict says, in a sentence. The strength of the evidence says on whose word.
const MEANINGS = {
  "known": "It is on a list of known images.",
  "tampered": "It, or its content credentials, was changed after it was signed.",
  "ai-generated": "A generative model made it, or it says so.",
  "ai-edited": "A generative model edited it or made a part of it, or it says so.",
  "ai-ingredient": "Something that a generative model made went into it, or it says so.",
  "edited": "It was edited by ordinary means.",
  "captured": "It was captured by a camera.",
  "may-contain-ai": "It is of a kind that may hold something made by a generative model, or may not.",
  "no-evidence": "Nothing was found that decides what it is. This says nothing in its favour: marks are easily lost.",
  "unchecked": "It could not be checked, or not fully.",
  "other-file": "It is neither an image nor video, sound or a document that is read. Its digests were compared with the lists all the same.",
};

const STRENGTHS = {
  "hint": "statistics or circumstance; never enough alone",
  "declared": "written in the file by someone unverified",
  "measured": "read from the pixels, with a stated error rate",
  "proven": "cryptography checked out",
};

const STATES_IN_WORDS = {
  f: "found something",
  n: "found nothing",
  a: "had nothing to look at",
  x: "could not look, or not at everything",
  u: "was not used",
};

function code(number) {
  return about.codes[number];
}

// The lists of known images that an input matched.
function listsOf(row) {
  const lists = [];
  for (const evidence of row[EVIDENCE]) {
    for (const [key, value] of evidence[DETAIL]) {
      if (key === "list" && !lists.includes(String(value))) lists.push(String(value));
    }
  }
  return lists;
}

// The program or service that made or edited an input: one that evidence names which decides, or else any; or else the one
// that wrote its content credentials.
function toolOf(row) {
  let best = -1;
  let tool = "";
  for (const evidence of row[EVIDENCE]) {
    const decides = row[BECAUSE].includes(evidence[CODE]);
    for (const [key, value] of evidence[DETAIL]) {
      const place = key === "tool" ? 1 + evidence[STRENGTH] + (decides ? about.strengths.length : 0) : key === "generator" ? 0 : -1;
      if (place <= best) continue;
      best = place;
      tool = inWords(value);
    }
  }
  return tool;
}

// How strong the evidence is that the verdict rests on; -1 where none decides.
function strengthOf(row) {
  let strongest = -1;
  for (const evidence of row[EVIDENCE]) {
    if (row[BECAUSE].includes(evidence[CODE])) strongest = Math.max(strongest, evidence[STRENGTH]);
  }
  return strongest;
}

// What stands between folders: a backslash only where no path has a slash, since it also begins what stands for characters
// that cannot be shown.
const SEPARATOR = rows.some(row => row[PATH].includes("/")) ? "/" : "\\";

function folderOf(path) {
  return path.slice(0, path.lastIndexOf(SEPARATOR) + 1);
}

// Everything of an input that can be searched, in lower case. It is made when it is first needed, or when there is time.
const texts = new Array(rows.length);

function textOf(index) {
  return texts[index] ??= gathered(rows[index]).join("\n").toLowerCase();
}

function gathered(row) {
  const found = [row[PATH], row[SHA256], row[MEDIA], about.verdicts[row[VERDICT]], about.actions[row[ACTION]]];
  for (const evidence of row[EVIDENCE]) {
    found.push(code(evidence[CODE]).name, about.strengths[evidence[STRENGTH]]);
    for (const [key, value] of evidence[DETAIL]) found.push(key, inWords(value));
  }
  for (const fault of row[FAULTS]) found.push(fault[1]);
  found.push(...row[NOTES]);
  if (row[GROUP]) found.push(row[GROUP][0]);
  return found;
}

// A particular as one text.
function inWords(value) {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (!Array.isArray(value)) return String(value);
  const [kind, members] = value;
  if (kind === "t") return members.join(", ");
  if (kind === "r") return members.map(([key, member]) => key.replaceAll("_", " ") + " " + inWords(member)).join(", ");
  return members.map(inWords).join("; ");
}

function count(number) {
  return number.toLocaleString("en-US");
}

function size(bytes) {
  if (bytes === null) return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit + 1 < units.length) {
    bytes /= 1000;
    unit += 1;
  }
  return (unit > 0 && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)) + " " + units[unit];
}

function plural(number, one, many) {
  return count(number) + " " + (number === 1 ? one : many);
}

// An element with its class, text and children. Texts are only ever set as texts.
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// A verdict or action with its colour; the word says the same as the colour.
function badge(kind, word) {
  return make("span", { class: kind + " " + word }, make("i"), make("bdi", { text: word }));
}
