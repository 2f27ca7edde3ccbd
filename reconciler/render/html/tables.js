"use strict";
// Filters the tables of the page and renders only their visible rows.

const ROWS_PER_BODY = 60;

/** Manages a table; `narrow` applies a filter to its rows. */
function managedTable(table) {
  const rows = rowsIn(table);
  table.append(make("tbody"));
  [...table.tBodies].slice(0, -1).forEach((body) => body.remove());
  const visible = virtualRows(table, null, ROWS_PER_BODY);
  let count = 0;

  function narrow(filter) {
    const conditions = Object.entries(filter)
      .map(([name, value]) => [name, value.trim().toLowerCase()])
      .filter(([name, value]) => value && name !== "rows");
    const matching = rows.filter(
      (each) => !each.isHeading && conditions.every(([name, value]) => each.matches(name, value)),
    );
    count = matching.length;
    const kept = new Set([...matching, ...matching.map((each) => each.section)]);
    visible.show(
      rows.filter((each) => kept.has(each)),
      (each) => each.row,
    );
  }

  const changes = table.classList.contains("changes") && !table.closest("#drift");
  return {
    narrow,
    changes: () => (changes ? count : 0),
    showAll: visible.showAll,
    showVisible: visible.showVisible,
  };
}

/** Returns the rows of a table, each with the heading row of its section and a text match function. */
function rowsIn(table) {
  let section = null;
  return [...table.tBodies]
    .flatMap((body) => [...body.rows])
    .map((row) => {
      const each = { row, isHeading: row.className === "section" };
      if (each.isHeading) section = each;
      const texts = table.classList.contains("access") ? textsOfAccess(row) : textsOfChange(row, section.row);
      // The filter for gains or losses does not apply to changes.
      return Object.assign(each, { section, matches: (name, text) => texts[name]?.includes(text) ?? true });
    });
}

const lowerText = (element) => (element?.textContent ?? "").toLowerCase();

function textsOfAccess(row) {
  const [person, partner, api] = [".people", ".team", ".apis"].map((part) =>
    lowerText(row.querySelector(part)),
  );
  return {
    person,
    partner,
    api,
    sign: row.querySelector(".level").classList.contains("lost") ? "lost" : "gained",
  };
}

function textsOfChange(row, section) {
  const text = lowerText(row);
  return { person: text, partner: `${lowerText(section)} ${text}`, api: text };
}
