"use strict";
// Reads the access changes of the page and filters them.

const LEVELS = ["none", "view", "consume"];

/** Creates an element; strings become text, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Returns the data; a step is [API, old level, new level, team, people, path, last day, last day of what remains], all indexes. */
function read() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const small = (names) => names.map((name) => name.toLowerCase());
  data.lowerCase = { apis: small(data.apis), teams: small(data.teams), people: small(data.people) };
  data.partners = data.teams.map((team) => team.split("/", 1)[0]);
  return data;
}

/** Returns for each name whether it contains the text, or null for an empty text. */
function matches(names, sought) {
  const text = sought.trim().toLowerCase();
  return text ? names.map((name) => name.includes(text)) : null;
}

/** Returns the steps that match the filter, each with its matching people. */
function narrowed(data, filter) {
  const api = matches(data.lowerCase.apis, filter.api);
  const team = matches(data.lowerCase.teams, filter.partner);
  const person = matches(data.lowerCase.people, filter.person);
  const peopleSets = data.peopleSets.map((people) =>
    person ? people.filter((each) => person[each]) : people,
  );
  const found = [];
  for (const [which, from, to, holder, people, via, end, remaining] of data.steps) {
    const lost = to < from;
    if (api && !api[which]) continue;
    if (team && !(holder >= 0 && team[holder])) continue;
    if (person && !peopleSets[people].length) continue;
    if (filter.sign && lost !== (filter.sign === "lost")) continue;
    found.push({
      api: which,
      from,
      to,
      lost,
      team: holder,
      people: peopleSets[people],
      via: data.vias[via],
      until: end >= 0 ? `${lost ? "was until" : "until"} ${data.ends[end]}` : "",
      remaining: remaining >= 0 ? `until ${data.ends[remaining]}` : "",
    });
  }
  return found;
}

/** Returns the rows of the matrix: teams or partners, then people with individual access. */
function rowsOf(data, steps, filter) {
  const rows = new Map();
  const put = (key, name, step, own = false) => {
    if (!rows.has(key)) rows.set(key, { name, own, cells: new Map(), people: new Set() });
    const row = rows.get(key);
    if (!row.cells.has(step.api)) row.cells.set(step.api, []);
    row.cells.get(step.api).push(step);
    for (const person of step.people) row.people.add(person);
  };
  const partners = filter.rows === "partner";
  for (const step of steps) {
    if (step.team >= 0) {
      const name = partners ? data.partners[step.team] : data.teams[step.team];
      put(partners ? name : step.team, name, step);
    } else {
      for (const person of step.people) {
        put(`own ${person}`, data.people[person], { ...step, people: [person] }, true);
      }
    }
  }
  return [...rows.values()].sort((a, b) => a.own - b.own || (a.name < b.name ? -1 : Number(a.name > b.name)));
}
