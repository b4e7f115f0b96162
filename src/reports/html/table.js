
// The table of inputs. Only the rows in sight are in the page: a hundred thousand would make it slow.
const ROW = 34;
const SPARE = 12;
// Between columns.
const GAP = 14;
// Browsers cannot lay out what is higher than some ten million pixels.
const MOST_ROWS = 250000;

const grid = document.getElementById("grid");
const head = make("div", { class: "row head", role: "row", "aria-rowindex": "1" });
const body = make("div", { class: "body", role: "rowgroup" });
let columns = [];
// Those that anything stands in.
let occupied = [];
let current = 0;

function prepareTable() {
  occupied = COLUMNS.filter(column => isOccupied(column.name));
  grid.append(make("div", { role: "rowgroup" }, head), body);
  grid.addEventListener("scroll", () => requestAnimationFrame(showRows), { passive: true });
  grid.addEventListener("keydown", moved);
  body.addEventListener("click", event => {
    const row = event.target.closest(".row");
    if (row) open(Number(row.dataset.position), false);
  });
  new ResizeObserver(() => {
    fit();
    showRows();
  }).observe(grid);
}

// As many columns as there is room for.
function fit() {
  const fitting = [...occupied];
  const needed = () => fitting.reduce((sum, column) => sum + column.width + GAP, GAP);
  const sparing = occupied.filter(column => column.spare).sort((a, b) => a.spare - b.spare);
  while (needed() > grid.clientWidth && sparing.length > 0) fitting.splice(fitting.indexOf(sparing.pop()), 1);
  if (fitting.length === columns.length) return;
  columns = fitting;
  grid.style.setProperty("--columns", columns.map(({ width, share }) => share ? `minmax(min(${width}px, 26cqw), ${share}fr)` : width + "px").join(" "));
  grid.setAttribute("aria-colcount", columns.length);
  head.replaceChildren(...columns.map(headOf));
  showOrder();
}

function showOrder() {
  for (const cell of head.children) {
    const sorted = cell.dataset.column === order.column;
    cell.setAttribute("aria-sort", !sorted ? "none" : order.down ? "descending" : "ascending");
  }
}

// A column that nothing stands in is left out, if it is one of those that depend on how the scan was made.
function isOccupied(name) {
  if (name === "group") return rows.some(row => row[GROUP]);
  if (name === "list") return listsOfRows.some(lists => lists);
  if (name === "tool") return rows.some(toolOf);
  return true;
}

function headOf(column) {
  const button = make("button", { type: "button", text: column.title });
  const cell = make("div", { role: "columnheader", class: column.name, "data-column": column.name }, button);
  button.addEventListener("click", () => sortBy(column));
  return cell;
}

// The first click puts what is most, the second what is least, on top; for texts the other way round.
function sortBy(column) {
  order.down = order.column === column.name ? !order.down : Boolean(column.severe);
  order.column = column.name;
  resort();
}

function showTable() {
  fit();
  showOrder();
  grid.setAttribute("aria-rowcount", view.length + 1);
  body.style.height = Math.min(view.length, MOST_ROWS) * ROW + "px";
  current = Math.min(current, Math.max(view.length - 1, 0));
  showRows();
}

function showRows() {
  const inSight = Math.ceil(grid.clientHeight / ROW);
  const first = Math.max(Math.floor(grid.scrollTop / ROW) - SPARE, 0);
  const last = Math.min(first + inSight + 2 * SPARE, view.length, MOST_ROWS);
  const shown = [];
  for (let position = first; position < last; position += 1) shown.push(rowAt(position));
  body.replaceChildren(...shown);
  if (view.length > 0) grid.setAttribute("aria-activedescendant", "row-" + current);
  else grid.removeAttribute("aria-activedescendant");
}

function rowAt(position) {
  const row = rows[view[position]];
  const element = make("div", { class: "row", role: "row", id: "row-" + position, "aria-rowindex": position + 2, "data-position": position });
  element.style.top = position * ROW + "px";
  element.setAttribute("aria-selected", position === current);
  for (const column of columns) element.append(make("div", { role: "gridcell", class: column.name }, column.show(row)));
  return element;
}

function moved(event) {
  if (event.target !== grid || event.ctrlKey || event.metaKey || event.altKey) return;
  const page = Math.max(Math.floor(grid.clientHeight / ROW) - 2, 1);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  if (event.key === "Enter") open(current, true);
  else if (event.key === "Escape") close();
  else if (event.key in steps) go(current + steps[event.key]);
  else return;
  event.preventDefault();
}

// Makes an input the current one, in sight; an open detail follows.
function go(position) {
  if (view.length === 0) return;
  current = Math.min(Math.max(position, 0), Math.min(view.length, MOST_ROWS) - 1);
  const top = current * ROW;
  const height = grid.clientHeight - head.offsetHeight;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + ROW > grid.scrollTop + height) grid.scrollTop = top + ROW - height;
  showRows();
  if (!detail.hidden) showDetail(rows[view[current]]);
}
