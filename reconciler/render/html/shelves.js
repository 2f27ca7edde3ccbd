"use strict";
// Keeps long tables short: rows stand in bodies, and a body that is far from sight is an empty space.

const ALL_AT_ONCE = 300;

/** Returns what shows rows in a table; `size` rows are one body, `root` is what scrolls, null is the page. */
function shelves(table, root, size) {
  let rows = [];
  let bodies = [];
  let build = null;
  let around = 0;
  const columns = () => table.tHead.rows[0]?.cells.length || 1;
  const observer = new IntersectionObserver(
    (entries) => entries.forEach((entry) => (entry.isIntersecting ? fill : clear)(entry.target)),
    { root, rootMargin: "600px 0px" },
  );

  function fill(body) {
    if (body.dataset.full) return;
    const start = Number(body.dataset.start);
    body.replaceChildren(...rows.slice(start, start + size).map((row, place) => build(row, start + place)));
    body.dataset.full = "yes";
  }

  function clear(body) {
    // Where the keyboard is, or will be when it comes back, stays.
    if (!body.dataset.full || body.contains(document.activeElement)) return;
    if (body.querySelector('[tabindex="0"]')) return;
    leave(body, body.offsetHeight);
  }

  function leave(body, height) {
    const space = make("td", { colspan: columns() });
    space.style.height = `${height}px`;
    body.replaceChildren(make("tr", { class: "space", "aria-hidden": "true" }, space));
    delete body.dataset.full;
  }

  function show(given, how) {
    observer.disconnect();
    for (const body of table.tBodies.length ? [...table.tBodies] : []) body.remove();
    [rows, build, bodies] = [given, how, []];
    for (let start = 0; start < rows.length; start += size)
      bodies.push(make("tbody", { "data-start": start }));
    table.append(...bodies);
    const atOnce = rows.length <= Math.min(ALL_AT_ONCE, 4 * size) ? bodies : bodies.slice(0, 1);
    atOnce.forEach(fill);
    if (atOnce.length === bodies.length) return;
    around = bodies[0].offsetHeight / size;
    for (const body of bodies.slice(1))
      leave(body, around * Math.min(size, rows.length - body.dataset.start));
    bodies.forEach((body) => observer.observe(body));
  }

  return {
    show,
    /** Puts a row into the page, however far away it is. */
    reveal: (place) => fill(bodies[Math.floor(place / size)]),
    /** Puts all rows into the page, to be printed. */
    all: () => (observer.disconnect(), bodies.forEach(fill)),
    /** Takes back what `all` did. */
    some: () => rows.length && show(rows, build),
  };
}
