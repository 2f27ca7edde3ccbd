"use strict";
// Draws access paths from left to right if they fit, or as a tree from top to bottom.

const DRAWN = 80;
const LETTER = 7.3;
const STEP = 38;
const HIGH = 26;
const GAP = 44;
const INDENT = 20;

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Returns a drawing of the first steps that fits into `width` pixels if possible. */
function drawPaths(data, steps, width) {
  const { columns, edges } = graphOf(data, steps.slice(0, DRAWN));
  let size = layoutColumns(columns, edges);
  const tree = size.width > width;
  if (tree) size = layoutTree(columns, edges);
  const drawn = svg("svg", {
    viewBox: `-1 0 ${size.width} ${size.height}`,
    width: size.width,
    height: size.height,
    role: "img",
    "aria-label": "Access paths from partner to API; the list below has the same information",
    focusable: "false",
  });
  const titles = tree ? [] : columns.filter((column) => column.length).map(([first]) => title(first));
  drawn.append(...titles, ...edges.flatMap(tree ? elbow : curve), ...columns.flat().map(box));
  return drawn;
}

const until = (edge) => [...edge.ends].join(", ");
const paint = (signs) => (signs.size > 1 ? "both" : signs.has(true) ? "lost" : "gained");
const noted = (node) => [...node.notes].join(", ");
const wide = (node) => LETTER * (node.name.length + (node.notes.size ? 2 + noted(node).length : 0)) + 20;

/** Positions the nodes in columns; returns the size of the drawing. */
function layoutColumns(columns, edges) {
  const tall = Math.max(...columns.map((column) => column.length)) * STEP;
  const said = Math.max(...edges.map((edge) => until(edge).length));
  let left = 0;
  for (const column of columns) {
    if (!column.length) continue;
    const width = Math.max(LETTER * TITLES[column[0].column].length, ...column.map(wide));
    const top = 24 + (tall - column.length * STEP) / 2 + (STEP - HIGH) / 2;
    column.forEach((node, row) => Object.assign(node, { x: left, y: top + row * STEP, width }));
    left += width + (column[0].column === 1 && said ? Math.max(GAP, 24 + LETTER * said) : GAP);
  }
  return { width: left - GAP + 2, height: tall + 26 };
}

/** Positions each node on its own line below its parent; returns the size of the drawing. */
function layoutTree(columns, edges) {
  const placed = new Set();
  const put = (node) => {
    if (placed.has(node)) return;
    Object.assign(node, { x: node.column * INDENT, y: placed.size * STEP, width: wide(node) });
    placed.add(node);
    edges.filter((edge) => edge.from === node).forEach((edge) => put(edge.to));
  };
  columns.flat().forEach(put);
  const ends = edges.map(({ to, ...edge }) => to.x + to.width + LETTER * until(edge).length);
  return { width: Math.max(...ends) + 12, height: placed.size * STEP };
}

function title(node) {
  return svg("text", { x: node.x, y: 12, class: "title" }, TITLES[node.column]);
}

function curve(edge) {
  const [x, y] = [edge.from.x + edge.from.width, edge.from.y + HIGH / 2];
  const [right, low] = [edge.to.x, edge.to.y + HIGH / 2];
  const half = Math.min(60, (right - x) / 2);
  const path = `M${x} ${y}C${x + half} ${y} ${right - half} ${low} ${right - 6} ${low}`;
  return arrow(edge, path, { x: right - 10, y: low - 5, class: "end before" });
}

function elbow(edge) {
  const [x, y] = [edge.from.x + INDENT / 2, edge.from.y + HIGH];
  const [right, low] = [edge.to.x, edge.to.y + HIGH / 2];
  return arrow(edge, `M${x} ${y}V${low}H${right - 6}`, {
    x: right + edge.to.width + 8,
    y: low + 4,
    class: "end",
  });
}

function arrow(edge, path, label) {
  const sort = paint(edge.signs);
  const tip = `M${edge.to.x} ${edge.to.y + HIGH / 2}l-7 -4v8z`;
  const drawn = [
    svg("path", { class: `edge ${sort}`, d: path }),
    svg("path", { class: `tip ${sort}`, d: tip }),
  ];
  return until(edge) ? [...drawn, svg("text", label, until(edge))] : drawn;
}

function box(node) {
  const sort = node.column === 4 ? paint(node.signs) : "";
  const said = svg("text", { x: node.x + 9, y: node.y + 17 }, node.name);
  if (node.notes.size) said.append(svg("tspan", { class: "note", dx: 12 }, noted(node)));
  const frame = svg("rect", { x: node.x, y: node.y, width: node.width, height: HIGH, rx: 4 });
  return svg("g", { class: `box ${sort}` }, frame, said);
}
