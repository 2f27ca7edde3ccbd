"use strict";
// Shows the access paths of the selection as a drawing and as text.

const PATHS = 100;

/** Shows the access paths of steps under a title. */
function showPaths(data, shown, title, steps) {
  shown.hidden = false;
  const room = shown.clientWidth - 2 * parseFloat(getComputedStyle(shown).paddingLeft);
  const drawn = make("div", { class: "scroll" }, drawPaths(data, steps, room));
  shown.replaceChildren(make("h3", {}, title), drawn, asText(data, steps));
}

/** Returns a list of the paths; APIs with the same path are grouped. */
function asText(data, steps) {
  const byPath = new Map();
  for (const step of steps) {
    const key = JSON.stringify([step.team, step.from, step.to, step.via, step.until, step.remaining, step.people]);
    if (!byPath.has(key)) byPath.set(key, { ...step, apis: [] });
    byPath.get(key).apis.push(data.apis[step.api]);
  }
  const paths = [...byPath.values()].sort((a, b) => b.lost - a.lost);
  const list = make("ul", { class: "paths" }, ...paths.slice(0, PATHS).map((step) => pathText(data, step)));
  if (paths.length > PATHS) list.append(make("li", {}, `and ${counted(paths.length - PATHS, "more path")}`));
  return list;
}

function pathText(data, step) {
  const sign = make("b", { class: step.lost ? "lost" : "gained" }, step.lost ? "\u2212" : "+");
  const holder = step.team >= 0 ? [data.teams[step.team]] : [];
  const through = [...holder, ...step.via, step.apis.join(", ")].join(" \u2192 ");
  const end = step.until || `${step.lost ? "had " : ""}no end date`;
  const to = `${LEVELS[step.to]} ${step.remaining}`.trimEnd();
  const people = step.people.map((person) => data.people[person]).join(", ") || "no members yet";
  const said = ` ${LEVELS[step.from]} \u2192 ${to}: ${through}, ${end} `;
  return make("li", {}, sign, said, make("span", { class: "people" }, people));
}
