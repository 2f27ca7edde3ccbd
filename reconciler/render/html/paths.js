"use strict";
// What is picked: its paths as a picture, and the same in words.

const PATHS = 100;

/** Shows the paths of some steps under a title. */
function showPaths(data, shown, title, steps) {
  shown.hidden = false;
  const room = shown.clientWidth - 2 * parseFloat(getComputedStyle(shown).paddingLeft);
  const drawn = make("div", { class: "scroll" }, picture(data, steps, room));
  shown.replaceChildren(make("h3", {}, title), drawn, inWords(data, steps));
}

/** Returns a list of who, what, through which, until when; APIs on the same way stand together. */
function inWords(data, steps) {
  const alike = new Map();
  for (const step of steps) {
    const key = JSON.stringify([step.team, step.from, step.to, step.via, step.end, step.people]);
    if (!alike.has(key)) alike.set(key, { ...step, apis: [] });
    alike.get(key).apis.push(data.apis[step.api]);
  }
  const ways = [...alike.values()].sort((a, b) => b.lost - a.lost);
  const list = make("ul", { class: "paths" }, ...ways.slice(0, PATHS).map((step) => way(data, step)));
  if (ways.length > PATHS) list.append(make("li", {}, `and ${counted(ways.length - PATHS, "more path")}`));
  return list;
}

function way(data, step) {
  const sign = make("b", { class: step.lost ? "lost" : "gained" }, step.lost ? "\u2212" : "+");
  const holder = step.team >= 0 ? [data.teams[step.team]] : [];
  const through = [...holder, ...step.via, step.apis.join(", ")].join(" \u2192 ");
  const end = step.end >= 0 ? `until ${data.ends[step.end]}` : "no end";
  const people = step.people.map((person) => data.people[person]).join(", ") || "nobody yet";
  const said = ` ${LEVELS[step.from]} \u2192 ${LEVELS[step.to]}: ${through}, ${end} `;
  return make("li", {}, sign, said, make("span", { class: "people" }, people));
}
