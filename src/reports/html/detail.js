
// One input in full, in plain words.
const detail = document.getElementById("detail");

function open(position, byKey) {
  detail.hidden = false;
  document.body.classList.add("open");
  go(position);
  if (byKey) detail.querySelector("h3").focus();
}

function close() {
  if (detail.hidden) return;
  detail.hidden = true;
  document.body.classList.remove("open");
  grid.focus();
}

detail.addEventListener("keydown", event => {
  if (event.key === "Escape") close();
});

function showDetail(row) {
  const shut = make("button", { type: "button", class: "shut", "aria-label": "Close", text: "×" });
  shut.addEventListener("click", close);
  const verdict = about.verdicts[row[VERDICT]];
  detail.replaceChildren(
    make("div", { class: "bar" }, make("h3", { id: "detail-title", tabindex: "-1" }, make("bdi", { text: row[PATH] })), shut),
    make("p", { class: "badges" }, badge("verdict", verdict), badge("action", about.actions[row[ACTION]])),
    make("p", { text: MEANINGS[verdict] ?? "" }),
    facts(row),
    ...grouped(row),
    ...faultsOf(row),
    ...found(row),
    ...looked(row),
    ...noted(row),
  );
  detail.scrollTop = 0;
}

function facts(row) {
  const known = [
    ["Type", row[MEDIA]],
    ["Pixels", row[WIDTH] ? row[WIDTH] + " × " + row[HEIGHT] : ""],
    ["Size", row[BYTES] === null ? "" : plural(row[BYTES], "byte", "bytes")],
    ["SHA-256", row[SHA256]],
  ];
  return terms(known.filter(([, value]) => value !== ""));
}

// Names with what they stand for. Nested particulars become nested lists.
function terms(pairs) {
  const list = make("dl");
  for (const [key, value] of pairs) {
    list.append(make("dt", { text: key.replaceAll("_", " ") }), make("dd", {}, shownValue(value)));
  }
  return list;
}

function shownValue(value) {
  if (!Array.isArray(value)) return make("bdi", { text: inWords(value) });
  const [kind, members] = value;
  if (kind === "r") return terms(members);
  const list = make("ul");
  for (const member of members) list.append(make("li", {}, shownValue(member)));
  return list;
}

function grouped(row) {
  if (!row[GROUP]) return [];
  const [id, members] = row[GROUP];
  const button = make("button", { type: "button", text: "Show the group" });
  button.addEventListener("click", () => {
    clearFilters();
    chooseGroup(id);
    update();
  });
  return [make("h4", { text: "Images that look alike" }), make("p", { text: plural(members, "image of this scan looks", "images of this scan look") + " alike: one review can cover all of them. " }, button)];
}

function faultsOf(row) {
  if (row[FAULTS].length === 0) return [];
  const list = make("ul", { class: "faults" });
  for (const [kind, message] of row[FAULTS]) {
    const [word, wayOut] = about.faults[kind];
    list.append(make("li", {}, make("p", {}, make("b", { text: word }), " ", make("bdi", { text: message })), make("p", { class: "way", text: wayOut })));
  }
  return [make("h4", { text: "What could not be checked" }), list];
}

// What decides comes first.
function found(row) {
  if (row[EVIDENCE].length === 0) return [];
  const deciding = evidence => row[BECAUSE].includes(evidence[CODE]);
  const sorted = [...row[EVIDENCE].filter(deciding), ...row[EVIDENCE].filter(evidence => !deciding(evidence))];
  return [make("h4", { text: "What was found" }), ...sorted.map((evidence, place) => piece(evidence, deciding(evidence), place === 0))];
}

function piece(evidence, decides, first) {
  const { name, summary, proves, limits, error_rate, next } = code(evidence[CODE]);
  const strength = about.strengths[evidence[STRENGTH]];
  const words = [["What it establishes", proves], ["What it leaves open", limits], ["How often it is wrong", error_rate], ["What you can do", next]];
  const more = make("details", {}, make("summary", { text: "What this means" }), ...words.flatMap(([title, text]) => [make("h6", { text: title }), make("p", { text })]));
  more.open = decides || first;
  return make("article", { class: decides ? "decides" : "" },
    make("h5", { text: summary }),
    make("p", { class: "by" }, make("code", { text: name }), make("span", { class: "strength " + strength, text: strength }), make("span", { text: STRENGTHS[strength] })),
    terms(evidence[DETAIL]),
    more);
}

function looked(row) {
  if (row[STATES].trim() === "") return [];
  const pairs = about.signals.map((name, number) => [name, STATES_IN_WORDS[row[STATES][number]]]).filter(([, state]) => state);
  return [make("h4", { text: "Where it was looked" }), terms(pairs)];
}

function noted(row) {
  if (row[NOTES].length === 0) return [];
  const list = make("ul");
  for (const note of row[NOTES]) list.append(make("li", {}, make("bdi", { text: note })));
  return [make("h4", { text: "Damage that was read past" }), list];
}
