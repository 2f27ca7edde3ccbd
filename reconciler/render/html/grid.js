"use strict";
// The matrix: teams or partners by APIs. One cell at a time can be tabbed to; arrow keys go to the others.

const CELLS = 1500;

/** Returns a matrix. It calls `pick(row, api)`, where api is null for a whole row. */
function grid(data, pick) {
  const table = document.getElementById("grid");
  let rows = [];
  let apis = [];
  let shelf = null;
  let at = { row: 0, column: 0 };
  let picked = "";

  /** Shows these rows; returns how many APIs change for them. */
  function show(given, byPartner) {
    rows = given;
    apis = columns();
    at = { row: 0, column: 0 };
    const corner = make("th", { scope: "col" }, byPartner ? "Partner" : "Team");
    const head = make(
      "tr",
      { "aria-rowindex": 1 },
      corner,
      ...apis.map((api) => make("th", { scope: "col" }, data.apis[api])),
    );
    table.tHead.replaceChildren(head);
    table.setAttribute("aria-rowcount", rows.length + 1);
    table.style.setProperty("--columns", apis.length);
    table.style.width = `calc(var(--first) + ${apis.length} * var(--column))`;
    const size = Math.max(5, Math.min(50, Math.floor(CELLS / (apis.length + 1))));
    shelf = shelves(table, table.parentElement, size);
    shelf.show(rows, line);
    return apis.length;
  }

  /** Returns the APIs that change for anybody; where somebody loses one, it stands first. */
  function columns() {
    const lost = new Map();
    for (const row of rows) {
      for (const [api, steps] of row.cells) lost.set(api, lost.get(api) || steps.some((step) => step.lost));
    }
    return [...lost.keys()].sort((a, b) => lost.get(b) - lost.get(a) || a - b);
  }

  function line(row, place) {
    const who = row.people.size ? `${row.people.size.toLocaleString("en")} affected` : "nobody yet";
    const name = make(
      "button",
      { type: "button", tabindex: -1 },
      named(row.name),
      make("small", {}, ` ${who}`),
    );
    const first = make("th", { scope: "row" }, name);
    const cells = apis.map((api) => cell(row, api));
    const made = make("tr", { "aria-rowindex": place + 2 }, first, ...cells);
    [first, ...cells].forEach((each, column) => mark(each, place, column));
    return made;
  }

  function named(name) {
    const cut = name.indexOf("/") + 1;
    const whole = make("span");
    if (cut) whole.append(make("span", { class: "still" }, name.slice(0, cut)), make("wbr"));
    whole.append(name.slice(cut));
    return whole;
  }

  function cell(row, api) {
    const steps = row.cells.get(api);
    if (!steps) return make("td", { tabindex: -1 });
    const said = told(row, steps);
    const label = `${row.name}, ${data.apis[api]}: ${said.map(([lost, levels, who]) => `${lost ? "loses" : "gains"}, ${levels.join(" \u2192 ")}, ${who}`).join("; ")}`;
    const lines = said.map(([lost, levels, , part]) =>
      make(
        "span",
        { class: lost ? "lost" : "gained" },
        make("b", {}, lost ? "\u2212" : "+"),
        `${levels[0]} `,
        make("span", { class: "to" }, `\u2192 ${levels[1]}`),
        ...(part ? [make("small", {}, part)] : []),
      ),
    );
    return make("td", {}, make("button", { type: "button", tabindex: -1, "aria-label": label }, ...lines));
  }

  /** Returns what a cell says: a line for each sign and pair of levels, losses first. */
  function told(row, steps) {
    const alike = new Map();
    for (const step of steps) {
      const key = `${step.lost ? 0 : 1}${step.from}${step.to}`;
      if (!alike.has(key)) alike.set(key, { step, people: new Set() });
      for (const person of step.people) alike.get(key).people.add(person);
    }
    return [...alike.keys()].sort().map((key) => {
      const { step, people } = alike.get(key);
      const part =
        people.size < row.people.size ? `${people.size} of ${row.people.size.toLocaleString("en")} affected` : "";
      return [
        step.lost,
        [LEVELS[step.from], LEVELS[step.to]],
        counted(people.size, "person", "people"),
        part,
      ];
    });
  }

  function mark(each, place, column) {
    const target = each.querySelector("button") ?? each;
    target.dataset.at = `${place} ${column}`;
    if (place === at.row && column === at.column) target.tabIndex = 0;
    if (column || each.tagName === "TH")
      each.setAttribute("aria-selected", String(picked === keyOf(place, column)));
  }

  const keyOf = (place, column) => `${rows[place].name} ${column ? apis[column - 1] : ""}`;
  const element = () => table.querySelector(`[data-at="${at.row} ${at.column}"]`);

  function go(row, column) {
    element()?.setAttribute("tabindex", "-1");
    at = {
      row: Math.max(0, Math.min(rows.length - 1, row)),
      column: Math.max(0, Math.min(apis.length, column)),
    };
    shelf.reveal(at.row);
    const next = element();
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
    next.closest("tr").scrollIntoView({ block: "nearest", inline: "nearest" });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const MOVES = {
    ArrowUp: () => [at.row - 1, at.column],
    ArrowDown: () => [at.row + 1, at.column],
    ArrowLeft: () => [at.row, at.column - 1],
    ArrowRight: () => [at.row, at.column + 1],
    PageUp: () => [at.row - 10, at.column],
    PageDown: () => [at.row + 10, at.column],
    Home: (far) => [far ? 0 : at.row, 0],
    End: (far) => [far ? rows.length - 1 : at.row, apis.length],
  };

  table.addEventListener("keydown", (event) => {
    if (!MOVES[event.key] || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(...MOVES[event.key](event.ctrlKey));
  });

  table.addEventListener("click", (event) => {
    const target = event.target.closest("[data-at]");
    if (!target) return;
    const [row, column] = target.dataset.at.split(" ").map(Number);
    go(row, column);
    if (target.tagName === "BUTTON") pick(rows[row], column ? apis[column - 1] : null);
  });

  /** Marks what is picked, by the names of row and API; returns its steps, or null where it is not shown. */
  function choose(pair) {
    const [name, api] = pair ?? [null, null];
    const which = api === null ? null : data.apis.indexOf(api);
    const row = rows.find((each) => each.name === name);
    picked = row ? `${name} ${which ?? ""}` : "";
    for (const each of table.querySelectorAll("[aria-selected]")) {
      const [place, column] = (each.dataset.at ?? each.firstChild.dataset.at).split(" ").map(Number);
      each.setAttribute("aria-selected", String(picked === keyOf(place, column)));
    }
    const steps = !row ? [] : which === null ? [...row.cells.values()].flat() : (row.cells.get(which) ?? []);
    return steps.length ? steps : null;
  }

  return { show, choose };
}
