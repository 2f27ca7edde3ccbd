"use strict";
// Puts the page together: the filter narrows the matrix and the lists, the address keeps what is sought.

const PAUSE = 150;

function page() {
  const data = read();
  const [form, count, hint, shown] = ["filter", "count", "hint", "picked"].map((id) =>
    document.getElementById(id),
  );
  const lists = [...document.querySelectorAll("main table.listed:is(.access, .changes)")].map(listed);
  const matrix = data.steps.length ? grid(data, choose) : null;
  const asked = hint?.textContent;
  let picked = null;
  let waiting = 0;

  const sought = () => Object.fromEntries(new FormData(form));

  function narrow() {
    const filter = sought();
    const left = [];
    if (matrix) {
      const rows = rowsOf(data, narrowed(data, filter), filter);
      const columns = matrix.show(rows, filter.rows === "partner");
      left.push(...howMany(rows, filter.rows || "team"), counted(columns, "API"));
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
    picked = [row.name, api === null ? null : data.apis[api]];
    draw();
    shown.scrollIntoView({ block: "nearest" });
    remember();
  }

  function leave(event) {
    if (event.key !== "Escape" || !picked) return;
    picked = null;
    draw();
    remember();
  }

  function draw() {
    if (!matrix) return;
    const steps = matrix.choose(picked);
    shown.hidden = !steps;
    hint.textContent = steps ? `The paths of ${picked.filter(Boolean).join(" to ")} are drawn below.` : asked;
    if (steps) showPaths(data, shown, picked.filter(Boolean).join(" \u2192 "), steps);
  }

  /** Keeps the filter and what is picked in the address, once nobody has typed for a moment. */
  function remember() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const kept = new URLSearchParams(Object.entries(sought()).filter(([, value]) => value));
      if (picked) kept.set("pick", JSON.stringify(picked));
      if (`#${kept}` !== (location.hash || "#")) history.replaceState(null, "", `#${kept}`);
    }, PAUSE);
  }

  function recall() {
    const hash = location.hash.slice(1);
    const kept = new URLSearchParams(hash.includes("=") ? hash : "");
    for (const field of form.elements) {
      if (field.name) field.value = kept.get(field.name) ?? "";
      if (field.selectedIndex < 0) field.value = "";
    }
    picked = pickIn(kept.get("pick"));
    narrow();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => (narrow(), remember()));
  addEventListener("hashchange", () => location.hash.includes("=") && recall());
  addEventListener("beforeprint", () => lists.forEach((list) => list.all()));
  addEventListener("afterprint", () => lists.forEach((list) => list.some()));
  document.querySelectorAll("details").forEach(unfoldToPrint);
  form.hidden = false;
  if (matrix) {
    const whole = document.getElementById("matrix");
    whole.hidden = false;
    whole.addEventListener("keydown", leave);
    document.getElementById("list").open = false;
  }
  recall();
}

/** Opens on paper, where nobody can, what is folded. */
function unfoldToPrint(details) {
  let open = false;
  addEventListener("beforeprint", () => ([open, details.open] = [details.open, true]));
  addEventListener("afterprint", () => (details.open = open));
}

function howMany(rows, noun) {
  const own = rows.filter((row) => row.own).length;
  const others = rows.length - own;
  return [
    ...(others || !own ? [counted(others, noun)] : []),
    ...(own ? [counted(own, "person", "people")] : []),
  ];
}

/** Returns the names of the row and API that an address picks, or null where it names none. */
function pickIn(kept) {
  try {
    const [name, api] = JSON.parse(kept);
    return typeof name === "string" && (api === null || typeof api === "string") ? [name, api] : null;
  } catch {
    return null;
  }
}

page();
