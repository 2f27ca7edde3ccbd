"use strict";
// Builds a graph of access paths with the columns partner, team, access group, API product and API.

const TITLES = ["Partner", "Team", "Access group", "API product", "API"];

/** Returns the name in each column of a path, or null. */
function namesOf(data, step) {
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

/** Returns the nodes by column, in order of appearance, and the edges between them. */
function graphOf(data, steps) {
  const columns = TITLES.map(() => new Map());
  const edges = new Map();
  for (const step of steps) {
    let last = null;
    namesOf(data, step).forEach((name, column) => {
      if (name === null) return;
      const key = column === 1 ? `${step.team} ${name}` : name;
      const node = columns[column].get(key) ?? { name, column, notes: new Set(), signs: new Set() };
      columns[column].set(key, node);
      node.signs.add(step.lost);
      if (column === 4)
        node.notes.add(
          `${step.lost ? "\u2212" : "+"} ${LEVELS[step.from]} \u2192 ${LEVELS[step.to]} ${step.remaining}`.trimEnd(),
        );
      // The end belongs to the grant: of the group, or of the API itself.
      if (last) addEdge(edges, last, node, step, column === (step.via.length ? 2 : 4) ? step.until : "");
      last = node;
    });
  }
  return {
    columns: columns.map((column) => [...column.values()]),
    edges: [...edges.values()].flatMap((m) => [...m.values()]),
  };
}

function addEdge(edges, from, to, step, end) {
  if (!edges.has(from)) edges.set(from, new Map());
  const out = edges.get(from);
  const edge = out.get(to) ?? { from, to, signs: new Set(), ends: new Set() };
  out.set(to, edge);
  edge.signs.add(step.lost);
  if (end) edge.ends.add(end);
}
