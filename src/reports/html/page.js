
// The page as a whole: totals, filters, printing.
const MOST_PRINTED = 10000;
const field = id => document.getElementById(id);

function update() {
  gather();
  resort();
  showVerdicts();
  showFolders();
  field("clear").disabled = !isFiltered();
  field("shown").textContent = isFiltered()
    ? count(view.length) + " of " + plural(rows.length, "input", "inputs")
    : plural(rows.length, "input", "inputs");
  if (view.length > MOST_ROWS) field("shown").textContent += `; the table holds the first ${count(MOST_ROWS)} of them: filter to see others`;
}

function resort() {
  arrange();
  grid.scrollTop = 0;
  current = 0;
  showTable();
  if (!detail.hidden) view.length > 0 ? showDetail(rows[view[current]]) : close();
}

function showTotals() {
  const { inputs, bytes, incomplete, other_files: others, quarantined = [], interrupted } = about.summary;
  const parts = [plural(inputs, "input", "inputs"), size(bytes)];
  if (incomplete > 0) parts.push(count(incomplete) + " could not be checked, or not fully");
  if (others > 0) parts.push(plural(others, "other file", "other files"));
  field("totals").textContent = parts.join(" · ");
  const notices = quarantined.map(one => `Entry ${one.entry} of the list ${one.list} matched ${plural(one.files, "different file", "different files")} by its ${one.hash} hash and was set aside: ${plural(one.set_aside, "input", "inputs")} after that are left for a person to look at.`);
  if (rows.length < inputs) notices.unshift(`This page holds ${count(rows.length)} of these inputs: the others were not selected.`);
  if (isSilent(about.summary.verdicts)) notices.unshift("Nothing was found in these files that decides where they come from. Finding nothing is not a sign of authenticity: marks are easily lost, and a screenshot has none.");
  if (interrupted) notices.unshift("This scan was interrupted: not all files were checked.");
  field("notices").append(...notices.map(text => make("li", {}, make("bdi", { text }))));
  field("scope").textContent = scope();
  field("about-line").textContent = `Made by provscan ${about.version}. Nothing found is never a sign that an image is genuine. This page holds no pictures and asks nothing of any network.`;
}

// Whether every image that could be checked came out as one in which nothing decides.
function isSilent(verdicts) {
  const silent = ["no-evidence", "unchecked", "other-file"];
  return verdicts["no-evidence"] > 0 && about.verdicts.every(word => silent.includes(word) || !verdicts[word]);
}

// Where the inputs are, what they were compared with, and when this file was written, as far as the page knows: the same scan
// gives the same page, so that no date stands in it.
function scope() {
  const parts = [];
  const folder = folderOfAll();
  if (folder !== "") parts.push("in " + folder);
  const lists = new Set(listsOfRows.flatMap(lists => lists ?? []));
  const known = about.signals.indexOf("known_image");
  if (lists.size > 0) parts.push(`with matches on ${lists.size === 1 ? "the list" : "the lists"} ${[...lists].sort().join(", ")}`);
  else if (rows.length > 0 && rows.every(row => "u ".includes(row[STATES][known]))) parts.push("compared with no list");
  else if (rows.length > 0) parts.push("without a match on a list");
  if (location.protocol === "file:") parts.push("file written " + new Date(document.lastModified).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }));
  return parts.join(" · ");
}

// The folder that all inputs are in.
function folderOfAll() {
  if (rows.length === 0) return "";
  let common = folderOf(rows[0][PATH]);
  for (const row of rows) {
    while (!row[PATH].startsWith(common)) common = folderOf(common.slice(0, -1));
  }
  return common;
}

// A button for each verdict that occurs: how many there are among what passes the other filters, and whether they are shown.
function showVerdicts() {
  const among = about.verdicts.map(() => 0);
  for (const index of candidates) among[rows[index][VERDICT]] += 1;
  for (const button of field("verdicts").children) {
    const verdict = Number(button.dataset.verdict);
    button.setAttribute("aria-pressed", filters.verdicts.has(verdict));
    button.querySelector("b").textContent = count(among[verdict]);
  }
  const [only] = filters.verdicts;
  field("meaning").textContent = filters.verdicts.size === 1 ? MEANINGS[about.verdicts[only]] : "";
}

function prepareVerdicts() {
  const occurring = new Set(rows.map(row => row[VERDICT]));
  about.verdicts.forEach((word, verdict) => {
    if (!occurring.has(verdict)) return;
    const button = make("button", { type: "button", "data-verdict": verdict, "aria-pressed": "false", title: MEANINGS[word] }, make("b"), badge("verdict", word));
    button.addEventListener("click", () => {
      if (!filters.verdicts.delete(verdict)) filters.verdicts.add(verdict);
      update();
    });
    field("verdicts").append(button);
  });
}

// What can be chosen is what occurs.
function prepareFilters() {
  const lists = [...new Set(listsOfRows.flatMap(lists => lists ?? []))].sort();
  const actions = [...new Set(rows.map(row => row[ACTION]))].sort((a, b) => b - a);
  const codes = Object.entries(about.codes).sort(([, a], [, b]) => a.name < b.name ? -1 : 1);
  const signals = [...new Set(codes.map(([, one]) => one.signal))].sort((a, b) => a - b);
  offer("action", "any", actions.map(action => [action, about.actions[action]]));
  offer("list", "any or none", lists.map(list => [list, list]));
  offer("signal", "any", signals.map(signal => [signal, about.signals[signal].replaceAll("_", " ")]));
  offer("code", "any", codes.map(([number, one]) => [number, one.name]));
  offer("group", "any or none", [["any", "in a group"]]);
  field("list-label").hidden = lists.length === 0;
  field("group-label").hidden = !isOccupied("group");
  field("search").addEventListener("input", later(() => {
    filters.words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    update();
  }));
  field("filters").addEventListener("submit", event => event.preventDefault());
  field("clear").addEventListener("click", event => {
    event.preventDefault();
    clearFilters();
    update();
  });
}

function offer(id, all, choices) {
  field(id).append(make("option", { value: "", text: all }), ...choices.map(([value, text]) => make("option", { value, text })));
  field(id).addEventListener("change", () => {
    filters[id] = field(id).value;
    update();
  });
}

function clearFilters() {
  field("filters").reset();
  Object.assign(filters, { verdicts: new Set(), action: "", list: "", signal: "", code: "", group: "", folder: "", words: [] });
}

// There may be very many groups, so only the one that somebody asked for is a choice.
function chooseGroup(id) {
  if (![...field("group").options].some(option => option.value === id)) field("group").append(make("option", { value: id, text: id }));
  field("group").value = id;
  filters.group = id;
}

// Waits until nobody types.
function later(work) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, 120);
  };
}

// What is printed is a plain table of what is shown.
function printed() {
  const titles = ["Name", "Verdict", "Action", "Strength", "Because of"];
  const shown = [...view.slice(0, MOST_PRINTED)].map(index => rows[index]);
  const lines = shown.map(row => make("tr", {},
    make("td", {}, make("bdi", { text: row[PATH] })),
    ...[about.verdicts[row[VERDICT]], about.actions[row[ACTION]], about.strengths[strengthOf(row)] ?? "", because(row)].map(text => make("td", { text }))));
  const cut = view.length > MOST_PRINTED ? `The first ${count(MOST_PRINTED)} of ${count(view.length)} are printed: filter to print fewer. ` : "";
  field("print").replaceChildren(
    make("p", { text: cut + described() }),
    make("table", {}, make("thead", {}, make("tr", {}, ...titles.map(text => make("th", { scope: "col", text })))), make("tbody", {}, ...lines)));
}

function described() {
  const chosen = [...filters.verdicts].map(verdict => about.verdicts[verdict]);
  for (const id of ["action", "list", "signal", "code", "group"]) {
    if (filters[id] !== "") chosen.push(id + " " + field(id).selectedOptions[0].text);
  }
  if (filters.folder !== "") chosen.push("folder " + filters.folder);
  if (filters.words.length > 0) chosen.push("containing " + filters.words.join(" and "));
  return chosen.length > 0 ? `${count(view.length)} inputs: ${chosen.join(", ")}.` : "All inputs.";
}

// Searching is quick when the texts are there; they are made a few at a time, while nothing else is to be done.
function prepareTexts(from) {
  const until = Math.min(from + 2000, rows.length);
  for (let index = from; index < until; index += 1) textOf(index);
  if (until < rows.length) setTimeout(prepareTexts, 0, until);
}

addEventListener("beforeprint", printed);
addEventListener("afterprint", () => field("print").replaceChildren());
addEventListener("keydown", event => {
  if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  field("search").focus();
});

showTotals();
prepareVerdicts();
prepareFilters();
prepareTable();
field("reading").remove();
field("page").hidden = false;
update();
setTimeout(prepareTexts, 300, 0);
