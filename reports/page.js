/* What the page does when it is clicked: tables are sorted, parts unfolded, raw data saved. Nothing is fetched. SPDX-License-Identifier: Apache-2.0 */
(() => {
  "use strict";
  const FACTORS = { ns: 1e-9, "µs": 1e-6, us: 1e-6, ms: 1e-3, s: 1, B: 1, KiB: 1024, MiB: 1048576, GiB: 1073741824, "%": 0.01 };

  // A number with its unit, or null: what is no number sorts behind those that are.
  function amount(text) {
    if (text === "best") return 1;
    const found = /^[><≥≤×+]?\s*(-?[\d,]*\.?\d+)\s*(ns|µs|us|ms|s|B|KiB|MiB|GiB|%|×)?(?![\w.])/.exec(text);
    if (!found) return null;
    const value = Number(found[1].replaceAll(",", "")) * (FACTORS[found[2]] ?? 1);
    return /^\+/.test(text) && found[2] === "%" ? 1 + value : value;
  }

  function compared(a, b) {
    const x = amount(a), y = amount(b);
    if (x !== null && y !== null) return x - y;
    if (x !== null || y !== null) return x !== null ? -1 : 1;
    return a.localeCompare(b, "en", { numeric: true });
  }

  const textOf = (row, column) => (row.cells[column]?.dataset.sort ?? row.cells[column]?.textContent ?? "").trim();

  function sort(table, header) {
    const descends = header.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, place) => ({ row, place, key: textOf(row, header.cellIndex) }));
    const nothing = (key) => key === "" || key === "–";
    rows.sort((a, b) => nothing(a.key) - nothing(b.key) || (descends ? -1 : 1) * compared(a.key, b.key) || a.place - b.place);
    body.append(...rows.map((each) => each.row));
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descends ? "descending" : "ascending");
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, header));
    }
  }

  // A link to what is folded away unfolds it.
  function reveal() {
    const wanted = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = wanted; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (wanted) wanted.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  for (const [id, open] of [["unfold", true], ["fold", false]]) {
    document.getElementById(id)?.addEventListener("click", () => {
      for (const each of document.querySelectorAll("details.workload")) each.open = open;
    });
  }

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")].filter((each) => !each.classList.contains("numbers"));
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of folded) each.open = false; });

  const save = document.getElementById("save");
  save?.addEventListener("click", () => {
    const parts = [...document.querySelectorAll("script[type='application/json']")].map((each) => `${JSON.stringify(each.id)}:${each.textContent}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`{${parts.join(",")}}\n`], { type: "application/json" }));
    link.download = save.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  document.documentElement.classList.add("live");
})();
