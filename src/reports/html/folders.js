
// Verdicts over the folders within the chosen one, of the inputs that pass the other filters. Where verdicts are chosen, the
// bars still show their share of all; the numbers are of those chosen.
const MOST_FOLDERS = 12;
// The first folder of a path, with the separators around it.
const STEP = SEPARATOR === "/" ? /^[/]*[^/]*[/]+/ : /^[\\]*[^\\]*[\\]+/;

function countedByFolder() {
  const prefix = shownFolder();
  const folders = new Map();
  for (const index of candidates) {
    const row = rows[index];
    const [name] = row[PATH].slice(prefix.length).match(STEP) ?? [""];
    let folder = folders.get(name);
    if (!folder) folders.set(name, folder = { name, total: 0, flagged: 0, verdicts: about.verdicts.map(() => 0) });
    folder.verdicts[row[VERDICT]] += 1;
    if (!isChosen(row[VERDICT])) continue;
    folder.total += 1;
    folder.flagged += row[ACTION] >= 2 ? 1 : 0;
  }
  const byNeed = (a, b) => b.flagged - a.flagged || b.total - a.total || (a.name < b.name ? -1 : 1);
  return [...folders.values()].filter(folder => folder.total > 0).sort(byNeed);
}

// The folder that all inputs share tells nothing, so the chart begins within it.
const shared = sharedFolder();

function shownFolder() {
  return shared.startsWith(filters.folder) ? shared : filters.folder;
}

function sharedFolder() {
  let shared = rows.length > 0 ? folderOf(rows[0][PATH]) : "";
  for (const row of rows) {
    while (!row[PATH].startsWith(shared)) shared = folderOf(shared.slice(0, -1));
  }
  return shared;
}

function showFolders() {
  const folders = countedByFolder();
  const shown = folders.slice(0, MOST_FOLDERS);
  const rest = folders.slice(MOST_FOLDERS);
  if (rest.length > 0) shown.push(rest.reduce(joined, { name: null, others: rest.length, total: 0, flagged: 0, verdicts: about.verdicts.map(() => 0) }));
  document.getElementById("chart").replaceChildren(...shown.map(bar));
  document.getElementById("numbers-table").replaceChildren(numbers(shown));
  showTrail();
}

function joined(sum, folder) {
  return {
    ...sum,
    total: sum.total + folder.total,
    flagged: sum.flagged + folder.flagged,
    verdicts: sum.verdicts.map((number, verdict) => number + folder.verdicts[verdict]),
  };
}

function label(folder) {
  if (folder.name === null) return "and " + plural(folder.others, "other folder", "other folders");
  return folder.name === "" ? "directly in this folder" : folder.name;
}

// A line of the chart: the folder's name, which opens it, its bar, and how much there is.
function bar(folder) {
  const opens = folder.name !== null && folder.name !== "";
  const name = make(opens ? "button" : "span", { class: "folder" }, make("bdi", { text: label(folder) }));
  if (opens) {
    name.type = "button";
    name.addEventListener("click", () => enter(shownFolder() + folder.name));
  }
  const flagged = folder.flagged > 0 ? count(folder.flagged) + " to look at" : "";
  return make("div", { class: "line" }, name, drawn(folder), make("span", { class: "number", text: count(folder.total) }), make("span", { class: "flagged", text: flagged }));
}

// The shares of the verdicts. However small, a share is seen.
function drawn(folder) {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NAMESPACE, "svg");
  const said = folder.verdicts.map((number, verdict) => number > 0 ? about.verdicts[verdict] + " " + count(number) : "").filter(Boolean);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", said.join(", "));
  svg.setAttribute("viewBox", "0 0 1000 10");
  svg.setAttribute("preserveAspectRatio", "none");
  const least = 6;
  const present = folder.verdicts.filter(number => number > 0).length;
  const all = folder.verdicts.reduce((sum, number) => sum + number, 0);
  const scale = (1000 - least * present) / all;
  let x = 0;
  folder.verdicts.forEach((number, verdict) => {
    if (number === 0) return;
    const share = document.createElementNS(NAMESPACE, "rect");
    const width = least + number * scale;
    for (const [name, value] of Object.entries({ x, y: 0, width, height: 10, class: about.verdicts[verdict] + (isChosen(verdict) ? "" : " other") })) share.setAttribute(name, value);
    const title = document.createElementNS(NAMESPACE, "title");
    title.textContent = about.verdicts[verdict] + ": " + count(number);
    share.append(title);
    svg.append(share);
    x += width;
  });
  return svg;
}

function numbers(folders) {
  const used = about.verdicts.map((word, verdict) => verdict).filter(verdict => isChosen(verdict) && folders.some(folder => folder.verdicts[verdict] > 0));
  const heads = ["Folder", ...used.map(verdict => about.verdicts[verdict]), "all"].map(text => make("th", { scope: "col", text }));
  const lines = folders.map(folder => make("tr", {},
    make("th", { scope: "row" }, make("bdi", { text: label(folder) })),
    ...[...used.map(verdict => folder.verdicts[verdict]), folder.total].map(number => make("td", { text: count(number) }))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
}

// The way from the top to the folder that is shown.
function showTrail() {
  const steps = [make("button", { type: "button", text: "all folders" })];
  steps[0].addEventListener("click", () => enter(""));
  let reached = "";
  for (let [step] = shownFolder().match(STEP) ?? [""]; step !== ""; [step] = shownFolder().slice(reached.length).match(STEP) ?? [""]) {
    reached += step;
    const to = reached;
    const button = make("button", { type: "button" }, make("bdi", { text: step }));
    button.addEventListener("click", () => enter(to));
    steps.push(button);
  }
  steps.at(-1).setAttribute("aria-current", "location");
  document.getElementById("trail").replaceChildren(...steps);
}

function enter(folder) {
  filters.folder = folder;
  update();
  document.querySelector("#trail [aria-current]").focus();
}
