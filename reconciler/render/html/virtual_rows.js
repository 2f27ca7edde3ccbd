"use strict";
// Renders long tables in blocks of rows; a block outside the viewport is a placeholder of the same height.

const ALL_AT_ONCE = 300;

/** Shows rows in a table in bodies of `size` rows; `root` is the scroll container, null is the page. */
function virtualRows(table, root, size) {
  let rows = [];
  let bodies = [];
  let render = null;
  let rowHeight = 0;
  const columns = () => table.tHead.rows[0]?.cells.length || 1;
  const observer = new IntersectionObserver(
    (entries) => entries.forEach((entry) => (entry.isIntersecting ? fill : clear)(entry.target)),
    { root, rootMargin: "600px 0px" },
  );

  function fill(body) {
    if (body.dataset.full) return;
    const start = Number(body.dataset.start);
    body.replaceChildren(...rows.slice(start, start + size).map((row, place) => render(row, start + place)));
    body.dataset.full = "yes";
  }

  function clear(body) {
    // Keep the row with the keyboard focus and the row that receives it next.
    if (!body.dataset.full || body.contains(document.activeElement)) return;
    if (body.querySelector('[tabindex="0"]')) return;
    replaceByPlaceholder(body, body.offsetHeight);
  }

  function replaceByPlaceholder(body, height) {
    const space = make("td", { colspan: columns() });
    space.style.height = `${height}px`;
    body.replaceChildren(make("tr", { class: "space", "aria-hidden": "true" }, space));
    delete body.dataset.full;
  }

  function show(newRows, renderRow) {
    observer.disconnect();
    for (const body of table.tBodies.length ? [...table.tBodies] : []) body.remove();
    [rows, render, bodies] = [newRows, renderRow, []];
    for (let start = 0; start < rows.length; start += size)
      bodies.push(make("tbody", { "data-start": start }));
    table.append(...bodies);
    const atOnce = rows.length <= Math.min(ALL_AT_ONCE, 4 * size) ? bodies : bodies.slice(0, 1);
    atOnce.forEach(fill);
    if (atOnce.length === bodies.length) return;
    rowHeight = bodies[0].offsetHeight / size;
    for (const body of bodies.slice(1))
      replaceByPlaceholder(body, rowHeight * Math.min(size, rows.length - body.dataset.start));
    bodies.forEach((body) => observer.observe(body));
  }

  return {
    show,
    /** Renders a row that may be outside the viewport. */
    reveal: (place) => fill(bodies[Math.floor(place / size)]),
    /** Renders all rows, for printing. */
    showAll: () => (observer.disconnect(), bodies.forEach(fill)),
    /** Renders only the visible rows again. */
    showVisible: () => rows.length && show(rows, render),
  };
}
