"use strict";
// The matrix of teams or partners and APIs. One cell is in the tab order; arrow keys move between cells.

const CELLS = 1500;

/** Returns a matrix, which calls `pick(row, api)` for a selected cell, or with null as api for a row. */
function matrixOf(data, pick) {
  const table = document.getElementById("grid");
  let rows = [];
  let apis = [];
  let visible = null;
  let at = { row: 0, column: 0 };
  let selected = "";

  /** Shows these rows; returns the number of their APIs. */
  function show(newRows, byPartner) {
    rows = newRows;
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
    visible = virtualRows(table, table.parentElement, size);
    visible.show(rows, line);
    return apis.length;
  }

  /** Returns the APIs with access changes, those with losses first. */
  function columns() {
    const lost = new Map();
    for (const row of rows) {
      for (const [api, steps] of row.cells) lost.set(api, lost.get(api) || steps.some((step) => step.lost));
    }
    return [...lost.keys()].sort((a, b) => lost.get(b) - lost.get(a) || a - b);
  }

  function line(row, place) {
    const who = row.people.size ? `${row.people.size.toLocaleString("en")} affected` : "no members yet";
    const name = make(
      "button",
      { type: "button", tabindex: -1 },
      rowTitle(row.name),
      make("small", {}, ` ${who}`),
    );
    const first = make("th", { scope: "row" }, name);
    const cells = apis.map((api) => cell(row, api));
    const made = make("tr", { "aria-rowindex": place + 2 }, first, ...cells);
    [first, ...cells].forEach((each, column) => prepareCell(each, place, column));
    return made;
  }

  function rowTitle(name) {
    const cut = name.indexOf("/") + 1;
    const whole = make("span");
    if (cut) whole.append(make("span", { class: "muted" }, name.slice(0, cut)), make("wbr"));
    whole.append(name.slice(cut));
    return whole;
  }

  function cell(row, api) {
    const steps = row.cells.get(api);
    if (!steps) return make("td", { tabindex: -1 });
    const cellLines = linesOf(row, steps);
    const label = `${row.name}, ${data.apis[api]}: ${cellLines.map(([lost, levels, who]) => `${lost ? "loses" : "gains"}, ${levels.join(" \u2192 ")}, ${who}`).join("; ")}`;
    const lines = cellLines.map(([lost, levels, , notes]) =>
      make(
        "span",
        { class: lost ? "lost" : "gained" },
        make("b", {}, lost ? "\u2212" : "+"),
        `${levels[0]} `,
        make("span", { class: "to" }, `\u2192 ${levels[1]}`),
        ...(notes ? [make("small", {}, notes)] : []),
      ),
    );
    return make("td", {}, make("button", { type: "button", tabindex: -1, "aria-label": label }, ...lines));
  }

  /** Returns the lines of a cell: one for each direction and pair of levels, losses first. */
  function linesOf(row, steps) {
    const byLevels = new Map();
    for (const step of steps) {
      const key = `${step.lost ? 0 : 1}${step.from}${step.to} ${step.remaining}`;
      if (!byLevels.has(key)) byLevels.set(key, { step, people: new Set() });
      for (const person of step.people) byLevels.get(key).people.add(person);
    }
    return [...byLevels.keys()].sort().map((key) => {
      const { step, people } = byLevels.get(key);
      const part =
        people.size < row.people.size ? `${people.size} of ${row.people.size.toLocaleString("en")} affected` : "";
      const notes = [step.remaining, part].filter(Boolean).join(", ");
      return [
        step.lost,
        [LEVELS[step.from], LEVELS[step.to]],
        [step.remaining, counted(people.size, "person", "people")].filter(Boolean).join(", "),
        notes,
      ];
    });
  }

  function prepareCell(each, place, column) {
    const target = each.querySelector("button") ?? each;
    target.dataset.at = `${place} ${column}`;
    if (place === at.row && column === at.column) target.tabIndex = 0;
    if (column || each.tagName === "TH")
      each.setAttribute("aria-selected", String(selected === keyOf(place, column)));
  }

  const keyOf = (place, column) => `${rows[place].name} ${column ? apis[column - 1] : ""}`;
  const element = () => table.querySelector(`[data-at="${at.row} ${at.column}"]`);

  function focusCell(row, column) {
    element()?.setAttribute("tabindex", "-1");
    at = {
      row: Math.max(0, Math.min(rows.length - 1, row)),
      column: Math.max(0, Math.min(apis.length, column)),
    };
    visible.reveal(at.row);
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
    focusCell(...MOVES[event.key](event.ctrlKey));
  });

  table.addEventListener("click", (event) => {
    const target = event.target.closest("[data-at]");
    if (!target) return;
    const [row, column] = target.dataset.at.split(" ").map(Number);
    focusCell(row, column);
    if (target.tagName === "BUTTON") pick(rows[row], column ? apis[column - 1] : null);
  });

  /** Highlights the selected row and API; returns their steps, or null if they are not shown. */
  function choose(pair) {
    const [name, api] = pair ?? [null, null];
    const which = api === null ? null : data.apis.indexOf(api);
    const row = rows.find((each) => each.name === name);
    selected = row ? `${name} ${which ?? ""}` : "";
    for (const each of table.querySelectorAll("[aria-selected]")) {
      const [place, column] = (each.dataset.at ?? each.firstChild.dataset.at).split(" ").map(Number);
      each.setAttribute("aria-selected", String(selected === keyOf(place, column)));
    }
    const steps = !row ? [] : which === null ? [...row.cells.values()].flat() : (row.cells.get(which) ?? []);
    return steps.length ? steps : null;
  }

  return { show, choose };
}
