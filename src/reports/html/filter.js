
// Which inputs are shown, and in what order.
const filters = { verdicts: new Set(), action: "", list: "", signal: "", code: "", group: "", folder: "", words: [] };
const order = { column: "action", down: true };
let view = [];

const listsOfRows = rows.map(row => {
  const lists = listsOf(row);
  return lists.length > 0 ? lists : null;
});

// Whether an input passes every filter but that of verdicts, which is asked of last: the counts and the chart leave it out.
function passes(row, index) {
  return (filters.action === "" || row[ACTION] === Number(filters.action))
    && (filters.list === "" || listsOfRows[index]?.includes(filters.list))
    && (filters.signal === "" || row[EVIDENCE].some(evidence => code(evidence[CODE]).signal === Number(filters.signal)))
    && (filters.code === "" || row[EVIDENCE].some(evidence => evidence[CODE] === Number(filters.code)))
    && (filters.group === "" || isInGroup(row))
    && row[PATH].startsWith(filters.folder)
    && filters.words.every(word => textOf(index).includes(word));
}

function isChosen(verdict) {
  return filters.verdicts.size === 0 || filters.verdicts.has(verdict);
}

function isInGroup(row) {
  return row[GROUP] !== null && (filters.group === "any" || row[GROUP][0] === filters.group);
}

function isFiltered() {
  const { verdicts, words, ...choices } = filters;
  return verdicts.size > 0 || words.length > 0 || Object.values(choices).some(choice => choice !== "");
}

// The columns of the table. A key sorts by number, or by text where it is one; what stands there otherwise is `show`. The
// width is the least one, and how the rest is shared out; where there is no room, the one with the highest `spare` goes first.
const COLUMNS = [
  { name: "path", title: "Name", key: row => row[PATH], show: named, width: 180, share: 4 },
  { name: "verdict", title: "Verdict", key: row => row[VERDICT], show: row => badge("verdict", about.verdicts[row[VERDICT]]), width: 128 },
  { name: "action", title: "Action", key: row => row[ACTION], show: row => badge("action", about.actions[row[ACTION]]), severe: true, width: 76 },
  { name: "strength", title: "Strength", key: strengthOf, show: row => about.strengths[strengthOf(row)] ?? "", severe: true, width: 80, spare: 4 },
  { name: "because", title: "Because of", key: because, show: row => make("bdi", { text: because(row) }), width: 130, share: 2, spare: 1 },
  { name: "tool", title: "Tool", key: toolOf, show: row => make("bdi", { text: toolOf(row) }), width: 90, share: 1, spare: 3 },
  { name: "list", title: "List", key: row => listsOf(row).join(", "), show: row => make("bdi", { text: listsOf(row).join(", ") }), width: 80, share: 1, spare: 2 },
  { name: "media", title: "Type", key: row => row[MEDIA], show: row => row[MEDIA].replace(/^image\//, ""), width: 56, spare: 7 },
  { name: "pixels", title: "Pixels", key: row => row[WIDTH] * row[HEIGHT], show: row => row[WIDTH] ? row[WIDTH] + " × " + row[HEIGHT] : "", severe: true, width: 100, spare: 8 },
  { name: "bytes", title: "Size", key: row => row[BYTES] ?? -1, show: row => size(row[BYTES]), severe: true, width: 64, spare: 6 },
  { name: "group", title: "Group", key: row => row[GROUP]?.[1] ?? 0, show: row => row[GROUP] ? count(row[GROUP][1]) + " alike" : "", severe: true, width: 64, spare: 5 },
];

// Where there is little room, the folder gives way, and the name of the file stays.
function named(row) {
  const folder = folderOf(row[PATH]);
  return make("span", { class: "named", title: row[PATH] }, make("bdi", { class: "in", text: folder }), make("bdi", { text: row[PATH].slice(folder.length) }));
}

// What a verdict rests on: the codes, or where none decides what kept the input from being checked.
function because(row) {
  if (row[BECAUSE].length === 0 && row[FAULTS].length > 0) return row[FAULTS][0][1];
  return row[BECAUSE].map(number => code(number).name).join(", ");
}

// The place of every input in the order of a column; made once a column. Equal keys keep the order of the scan.
const ranks = new Map();

function ranksBy(column) {
  if (!ranks.has(column.name)) {
    const keys = rows.map(column.key);
    const sorted = Uint32Array.from(keys.keys());
    sorted.sort((a, b) => keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b);
    const places = new Uint32Array(rows.length);
    let place = 0;
    sorted.forEach((index, position) => {
      if (position > 0 && keys[index] !== keys[sorted[position - 1]]) place += 1;
      places[index] = place;
    });
    ranks.set(column.name, places);
  }
  return ranks.get(column.name);
}

// The inputs that pass every filter but that of verdicts.
let candidates = [];

function gather() {
  candidates = [];
  rows.forEach((row, index) => {
    if (passes(row, index)) candidates.push(index);
  });
}

// The inputs that pass, sorted; equal ones by verdict, most serious first, then in the order of the scan.
function arrange() {
  const places = ranksBy(COLUMNS.find(column => column.name === order.column));
  const chosen = candidates.filter(index => isChosen(rows[index][VERDICT]));
  // All that is sorted by goes into one number, since numbers sort many times faster than by a comparison.
  const keys = Float64Array.from(chosen, index => {
    const place = order.down ? rows.length - places[index] : places[index];
    return (place * about.verdicts.length + rows[index][VERDICT]) * rows.length + index;
  });
  view = Uint32Array.from(keys.sort(), key => key % rows.length);
}
