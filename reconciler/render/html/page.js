"use strict";
// Puts the page together: the filter narrows the matrix and the tables, the address keeps what is sought.

const PATHS = 100;

function page() {
  const data = read();
  const form = document.getElementById("filter");
  const shown = document.getElementById("picked");
  const tables = [...document.querySelectorAll("main table.listed:not(.findings)")].map(listed);
  const matrix = document.getElementById("matrix") && data.steps.length ? grid(data, choose) : null;
  let picked = null;
  let waiting = 0;

  function sought() {
    return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  }

  function narrow() {
    const filter = sought();
    const said = [];
    if (matrix) {
      const rows = rowsOf(data, narrowed(data, filter), filter);
      matrix.show(rows, filter.rows === "partner");
      said.push(counted(rows.length, filter.rows === "partner" ? "partner" : "team"));
    }
    for (const table of tables) table.narrow(filter);
    const changes = tables.filter((table) => table.counts).reduce((sum, table) => sum + table.left(), 0);
    said.push(counted(changes, "change"));
    document.getElementById("count").textContent = said.join(", ");
    draw(false);
  }

  function remember() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const kept = new URLSearchParams(Object.entries(sought()).filter(([, value]) => value));
      if (picked) kept.set("pick", JSON.stringify(picked));
      if (`#${kept}` !== location.hash && (String(kept) || location.hash.includes("="))) {
        history.replaceState(null, "", `#${kept}`);
      }
    }, 150);
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return;
    const kept = new URLSearchParams(hash);
    for (const field of form.elements) {
      if (field.name) field.value = kept.get(field.name) ?? "";
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = "";
    }
    picked = readPick(kept.get("pick"));
    narrow();
  }

  function choose(row, api) {
    picked = [row.name, api === null ? null : data.apis[api]];
    draw(true);
    remember();
  }

  function draw(scroll) {
    const steps = picked && matrix ? matrix.choose(...picked) : null;
    shown.hidden = !steps;
    if (!steps) return;
    const [name, api] = picked;
    const scroller = make("div", { class: "scroll" }, picture(data, steps));
    shown.replaceChildren(make("h3", {}, api === null ? name : `${name} → ${api}`), scroller, told(steps));
    if (scroll) shown.scrollIntoView({ block: "nearest" });
  }

  /** Returns the paths in words: who, what, through which, until when. */
  function told(steps) {
    const alike = new Map();
    for (const step of steps) {
      const team = step.team >= 0 ? data.teams[step.team] : null;
      const key = JSON.stringify([team, step.from, step.to, step.via, step.end, step.people]);
      if (!alike.has(key)) alike.set(key, { ...step, team, apis: [] });
      alike.get(key).apis.push(data.apis[step.api]);
    }
    const ways = [...alike.values()];
    const list = make("ul", { class: "paths" }, ...ways.slice(0, PATHS).map(way));
    if (ways.length > PATHS) list.append(make("li", {}, `and ${counted(ways.length - PATHS, "more path")}`));
    return list;
  }

  function way(step) {
    const sign = make("b", { class: step.lost ? "lost" : "gained" }, step.lost ? "−" : "+");
    const levels = `${LEVELS[step.from]} → ${LEVELS[step.to]}`;
    const through = [step.team, ...step.via, step.apis.join(", ")].filter(Boolean).join(" → ");
    const end = step.end >= 0 ? `until ${data.ends[step.end]}` : "no end";
    const people = step.people.map((person) => data.people[person]).join(", ") || "nobody yet";
    return make("li", {}, sign, ` ${levels}: ${through}, ${end} `, make("span", { class: "people" }, people));
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => (narrow(), remember()));
  addEventListener("hashchange", recall);
  addEventListener("beforeprint", () => tables.forEach((table) => table.all()));
  addEventListener("afterprint", () => tables.forEach((table) => table.some()));
  form.hidden = false;
  if (matrix) {
    document.getElementById("matrix").hidden = false;
    document.getElementById("list").open = false;
  }
  recall();
  if (document.getElementById("count").textContent === "") narrow();
}

function readPick(kept) {
  try {
    const [name, api] = JSON.parse(kept);
    return typeof name === "string" && (api === null || typeof api === "string") ? [name, api] : null;
  } catch {
    return null;
  }
}

/** Takes over a table that stands in the page: narrows its rows, and keeps few of them in the page. */
function listed(table) {
  const counts = table.classList.contains("changes") && !table.closest("#drift");
  let section = null;
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => {
    if (row.className === "section") section = row;
    return { row, section, texts: textsOf(row, section) };
  });
  table.append(make("tbody"));
  [...table.tBodies].slice(0, -1).forEach((body) => body.remove());
  const shelf = shelves(table, null, 60);
  let left = 0;

  function narrow(filter) {
    const fits = ["person", "partner", "api"].map((name) => [name, (filter[name] ?? "").trim().toLowerCase()]);
    const wanted = fits.filter(([, text]) => text);
    const found = rows.filter(({ row, texts, section: own }) => row !== own && wanted.every(([name, text]) => texts[name].includes(text)));
    left = found.length;
    const heads = new Set(found.map((each) => each.section));
    const kept = wanted.length ? new Set(found) : null;
    shelf.show(kept ? rows.filter((each) => kept.has(each) || (each.row === each.section && heads.has(each.section))) : rows, ({ row }) => row);
  }

  return { narrow, counts, left: () => left, all: shelf.all, some: shelf.some };
}

/** Returns what is sought in a row of a list: in its cells where it has some for each, else in all it says. */
function textsOf(row, section) {
  const small = (element) => (element?.textContent ?? "").toLowerCase();
  const team = row.querySelector(".team");
  if (!section) return { person: small(row.querySelector(".people")), partner: small(team), api: small(row.querySelector(".apis")) };
  return { person: small(row), partner: small(section), api: small(row) };
}

page();
