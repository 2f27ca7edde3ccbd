"use strict";
// The tables that stood in the page before any script ran: narrowed by the filter, and kept short.

const ON_A_SHELF = 60;

/** Takes over a table: its rows are shown again by `narrow`, which is given the filter. */
function listed(table) {
  const rows = rowsIn(table);
  table.append(make("tbody"));
  [...table.tBodies].slice(0, -1).forEach((body) => body.remove());
  const shelf = shelves(table, null, ON_A_SHELF);
  let left = 0;

  function narrow(filter) {
    const sought = Object.entries(filter)
      .map(([name, value]) => [name, value.trim().toLowerCase()])
      .filter(([name, value]) => value && name !== "rows");
    const fitting = rows.filter(
      (each) => !each.heads && sought.every(([name, value]) => each.says(name, value)),
    );
    left = fitting.length;
    const kept = new Set([...fitting, ...fitting.map((each) => each.section)]);
    shelf.show(
      rows.filter((each) => kept.has(each)),
      (each) => each.row,
    );
  }

  const changes = table.classList.contains("changes") && !table.closest("#drift");
  return { narrow, changes: () => (changes ? left : 0), all: shelf.all, some: shelf.some };
}

/** Returns the rows of a table, each with the row that heads its section, and with what it says. */
function rowsIn(table) {
  let section = null;
  return [...table.tBodies]
    .flatMap((body) => [...body.rows])
    .map((row) => {
      const each = { row, heads: row.className === "section" };
      if (each.heads) section = each;
      const texts = table.classList.contains("access") ? textsOfAccess(row) : textsOfChange(row, section.row);
      // A change is neither gained nor lost, so it is left whatever sign is sought.
      return Object.assign(each, { section, says: (name, text) => texts[name]?.includes(text) ?? true });
    });
}

const small = (element) => (element?.textContent ?? "").toLowerCase();

function textsOfAccess(row) {
  const [person, partner, api] = [".people", ".team", ".apis"].map((part) => small(row.querySelector(part)));
  return {
    person,
    partner,
    api,
    sign: row.querySelector(".level").classList.contains("lost") ? "lost" : "gained",
  };
}

function textsOfChange(row, section) {
  const text = small(row);
  return { person: text, partner: `${small(section)} ${text}`, api: text };
}
