"use strict";
// Comfort only: every page does all of its work without this file.

/* Boxes that select all others of the same form. */
for (const all of document.querySelectorAll("input[data-selects]")) {
  all.closest("[hidden]").hidden = false;
  const boxes = [...all.form.elements].filter((each) => each.type === "checkbox" && each.name === all.dataset.selects);
  const reflect = () => {
    const checked = boxes.filter((each) => each.checked).length;
    all.checked = checked > 0 && checked === boxes.length;
    all.indeterminate = checked > 0 && checked < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((each) => (each.checked = all.checked)));
  boxes.forEach((each) => each.addEventListener("change", reflect));
  reflect();
}

/* Menus close like those of other applications. */
const menus = [...document.querySelectorAll("details.menu")];
document.addEventListener("click", (event) => {
  menus.filter((each) => !each.contains(event.target)).forEach((each) => (each.open = false));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus.filter((each) => each.open)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* Values to copy. */
for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = "Copied";
  });
}

/* Relative times stay right, by the server's clock, in the words of templating.py. */
const loaded = Date.now();
const served = Date.parse(document.body.dataset.now);
const STEPS = [[60, "minute"], [3600, "hour"], [86400, "day"]];
const relative = (at, now) => {
  const seconds = Math.abs(now - at) / 1000;
  if (seconds >= 31 * 86400) return new Date(at).toISOString().slice(0, 10);
  if (seconds < 60) return at <= now ? "just now" : "in less than a minute";
  const [size, unit] = STEPS.findLast(([least]) => seconds >= least);
  const count = Math.floor(seconds / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return at <= now ? `${words} ago` : `in ${words}`;
};
const refresh = () => {
  const now = served + Date.now() - loaded;
  for (const each of document.querySelectorAll("time.moment")) {
    each.textContent = relative(Date.parse(each.dateTime), now);
  }
};
setInterval(refresh, 30000);
addEventListener("pageshow", refresh);
