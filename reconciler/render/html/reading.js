"use strict";
// Reads what the page says of gained and lost access, and narrows it to what is sought.

const LEVELS = ["none", "view", "consume"];

/** Makes an element; whatever is said becomes text, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Returns the data; a step is [API, level before, level after, team, crowd, via, end], all numbers. */
function read() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const small = (names) => names.map((name) => name.toLowerCase());
  data.sought = { apis: small(data.apis), teams: small(data.teams), people: small(data.people) };
  data.partners = data.teams.map((team) => team.split("/", 1)[0]);
  return data;
}

/** Returns which names hold the sought text, as a list of true and false; null where nothing is sought. */
function holding(names, sought) {
  const text = sought.trim().toLowerCase();
  return text ? names.map((name) => name.includes(text)) : null;
}

/** Returns the steps that fit the filter, with those of their people who fit. */
function narrowed(data, filter) {
  const api = holding(data.sought.apis, filter.api);
  const team = holding(data.sought.teams, filter.partner);
  const person = holding(data.sought.people, filter.person);
  const crowds = data.crowds.map((crowd) => (person ? crowd.filter((each) => person[each]) : crowd));
  const found = [];
  for (const [which, from, to, holder, crowd, via, end] of data.steps) {
    const lost = to < from;
    if (api && !api[which]) continue;
    if (team && !(holder >= 0 && team[holder])) continue;
    if (person && !crowds[crowd].length) continue;
    if (filter.sign && lost !== (filter.sign === "lost")) continue;
    found.push({ api: which, from, to, lost, team: holder, people: crowds[crowd], via: data.vias[via], end });
  }
  return found;
}

/** Returns the rows of the matrix: a team or partner each, then people whose access is their own. */
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
