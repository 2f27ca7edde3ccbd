"use strict";
// Connects the filter with the matrix and the tables, and keeps the filter and selection in the address.

const PAUSE = 150;

function page() {
  const data = read();
  const [form, count, hint, shown] = ["filter", "count", "hint", "picked"].map((id) =>
    document.getElementById(id),
  );
  const lists = [...document.querySelectorAll("main table.listed:is(.access, .changes)")].map(managedTable);
  const matrix = data.steps.length ? matrixOf(data, choose) : null;
  const defaultHint = hint?.textContent;
  let selection = null;
  let timer = 0;

  const currentFilter = () => Object.fromEntries(new FormData(form));

  function applyFilter() {
    const filter = currentFilter();
    const left = [];
    if (matrix) {
      const rows = rowsOf(data, narrowed(data, filter), filter);
      const columns = matrix.show(rows, filter.rows === "partner");
      left.push(...countRows(rows, filter.rows || "team"), counted(columns, "API"));
    }
    for (const list of lists) list.narrow(filter);
    left.push(
      counted(
        lists.reduce((sum, list) => sum + list.changes(), 0),
        "change",
      ),
    );
    count.textContent = left.join(", ");
    draw();
  }

  function choose(row, api) {
    selection = [row.name, api === null ? null : data.apis[api]];
    draw();
    shown.scrollIntoView({ block: "nearest" });
    saveState();
  }

  function clearSelection(event) {
    if (event.key !== "Escape" || !selection) return;
    selection = null;
    draw();
    saveState();
  }

  function draw() {
    if (!matrix) return;
    const steps = matrix.choose(selection);
    shown.hidden = !steps;
    hint.textContent = steps
      ? `The access paths of ${selection.filter(Boolean).join(" to ")} are shown below.`
      : defaultHint;
    if (steps) showPaths(data, shown, selection.filter(Boolean).join(" \u2192 "), steps);
  }

  /** Saves the filter and the selection in the address after a pause in typing. */
  function saveState() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const state = new URLSearchParams(Object.entries(currentFilter()).filter(([, value]) => value));
      if (selection) state.set("pick", JSON.stringify(selection));
      if (`#${state}` !== (location.hash || "#")) history.replaceState(null, "", `#${state}`);
    }, PAUSE);
  }

  function restoreState() {
    const hash = location.hash.slice(1);
    const state = new URLSearchParams(hash.includes("=") ? hash : "");
    for (const field of form.elements) {
      if (field.name) field.value = state.get(field.name) ?? "";
      if (field.selectedIndex < 0) field.value = "";
    }
    selection = parseSelection(state.get("pick"));
    applyFilter();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => (applyFilter(), saveState()));
  addEventListener("hashchange", () => location.hash.includes("=") && restoreState());
  addEventListener("beforeprint", () => lists.forEach((list) => list.showAll()));
  addEventListener("afterprint", () => lists.forEach((list) => list.showVisible()));
  document.querySelectorAll("details").forEach(expandForPrint);
  form.hidden = false;
  if (matrix) {
    const matrixElement = document.getElementById("matrix");
    matrixElement.hidden = false;
    matrixElement.addEventListener("keydown", clearSelection);
    document.getElementById("list").open = false;
  }
  restoreState();
}

/** Expands a collapsed section for printing. */
function expandForPrint(details) {
  let open = false;
  addEventListener("beforeprint", () => ([open, details.open] = [details.open, true]));
  addEventListener("afterprint", () => (details.open = open));
}

function countRows(rows, noun) {
  const own = rows.filter((row) => row.own).length;
  const others = rows.length - own;
  return [
    ...(others || !own ? [counted(others, noun)] : []),
    ...(own ? [counted(own, "person", "people")] : []),
  ];
}

/** Returns the names of the row and API that an address selects, or null. */
function parseSelection(state) {
  try {
    const [name, api] = JSON.parse(state);
    return typeof name === "string" && (api === null || typeof api === "string") ? [name, api] : null;
  } catch {
    return null;
  }
}

page();
