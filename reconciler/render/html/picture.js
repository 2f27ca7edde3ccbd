"use strict";
// Draws paths from left to right: partner, team, access group, API product, API.

const TITLES = ["Partner", "Team", "Access group", "API product", "API"];
const DRAWN = 80;
const LETTER = 7.3;
const STEP = 38;
const HIGH = 26;

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Returns the names on a path, one a column; null where the path has none. */
function stations(data, step) {
  const team = step.team >= 0;
  const person = team ? null : data.people[step.people[0]];
  const [group, product] = step.via;
  return [
    team ? data.partners[step.team] : null,
    team ? data.teams[step.team].slice(data.partners[step.team].length + 1) || data.teams[step.team] : person,
    group ?? null,
    product ?? null,
    data.apis[step.api],
  ];
}

/** Returns the nodes by column and the edges between them; who comes first stands first. */
function graphOf(data, steps) {
  const columns = TITLES.map(() => new Map());
  const edges = new Map();
  for (const step of steps) {
    let last = null;
    stations(data, step).forEach((name, column) => {
      if (name === null) return;
      const key = column === 1 ? `${step.team} ${name}` : name;
      const node = columns[column].get(key) ?? { name, column, notes: new Set(), signs: new Set() };
      columns[column].set(key, node);
      node.signs.add(step.lost);
      if (column === 4) node.notes.add(`${step.lost ? "−" : "+"} ${LEVELS[step.from]} → ${LEVELS[step.to]}`);
      if (last) join(edges, last, node, step, column === 2 && step.end >= 0 ? data.ends[step.end] : null);
      last = node;
    });
  }
  return {
    columns: columns.map((column) => [...column.values()]),
    edges: [...edges.values()].flatMap((m) => [...m.values()]),
  };
}

function join(edges, from, to, step, end) {
  if (!edges.has(from)) edges.set(from, new Map());
  const out = edges.get(from);
  const edge = out.get(to) ?? { from, to, signs: new Set(), ends: new Set() };
  out.set(to, edge);
  edge.signs.add(step.lost);
  if (end) edge.ends.add(end);
}

const paint = (signs) => (signs.size > 1 ? "both" : signs.has(true) ? "lost" : "gained");

/** Gives every node its place; returns how large the picture is. */
function place(columns, wide) {
  const tall = Math.max(...columns.map((column) => column.length)) * STEP;
  let left = 0;
  for (const column of columns) {
    if (!column.length) continue;
    const width = Math.max(...column.map(labelled)) + 20;
    const top = 24 + (tall - column.length * STEP) / 2;
    column.forEach((node, row) =>
      Object.assign(node, { x: left, y: top + row * STEP + (STEP - HIGH) / 2, width }),
    );
    left += width + (column[0].column === 1 ? wide : 44);
  }
  return { width: left - 44 + 2, height: tall + 26 };
}

const labelled = (node) =>
  LETTER *
  Math.max(
    TITLES[node.column].length - 2,
    node.name.length + [...node.notes].join(", ").length + (node.notes.size ? 2 : 0),
  );

/** Returns a picture of the first steps; what it shows stands as text beside it. */
function picture(data, steps) {
  const { columns, edges } = graphOf(data, steps.slice(0, DRAWN));
  const ends = edges.map((edge) => [...edge.ends].join(", ")).filter(Boolean);
  const size = place(
    columns,
    ends.length ? Math.max(44, 24 + LETTER * (7 + Math.max(...ends.map((end) => end.length)))) : 44,
  );
  const drawn = svg("svg", {
    viewBox: `-1 0 ${size.width} ${size.height}`,
    width: size.width,
    height: size.height,
    role: "img",
    "aria-label": "The paths, from partner to API; the list below says the same",
    focusable: "false",
  });
  for (const column of columns) {
    if (column.length)
      drawn.append(svg("text", { x: column[0].x, y: 12, class: "title" }, TITLES[column[0].column]));
  }
  drawn.append(...edges.flatMap(line), ...columns.flat().map(box));
  return drawn;
}

function line(edge) {
  const [x, y] = [edge.from.x + edge.from.width, edge.from.y + HIGH / 2];
  const [right, low] = [edge.to.x, edge.to.y + HIGH / 2];
  const half = Math.min(60, (right - x) / 2);
  const sort = paint(edge.signs);
  const parts = [
    svg("path", {
      class: `edge ${sort}`,
      d: `M${x} ${y}C${x + half} ${y} ${right - half} ${low} ${right - 6} ${low}`,
    }),
    svg("path", { class: `tip ${sort}`, d: `M${right} ${low}l-7 -4v8z` }),
  ];
  if (edge.ends.size) {
    parts.push(
      svg("text", { x: right - 10, y: low - 5, class: "end" }, `until ${[...edge.ends].join(", ")}`),
    );
  }
  return parts;
}

function box(node) {
  const sort = node.column === 4 ? paint(node.signs) : "";
  const note = [...node.notes].join(", ");
  const said = svg("text", { x: node.x + 9, y: node.y + 17 }, node.name);
  if (note) said.append(svg("tspan", { class: "note", dx: 12 }, note));
  return svg(
    "g",
    { class: `box ${sort}` },
    svg("rect", { x: node.x, y: node.y, width: node.width, height: HIGH, rx: 4 }),
    said,
  );
}
