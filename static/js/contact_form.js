// The form of a contact: lines that can be added, and the question whether a replaced primary email stays.
document.querySelectorAll("[data-rows]").forEach(watchRows);
document.querySelectorAll("[data-old-primary]").forEach(watchPrimary);

function watchRows(rows) {
  const spare = rows.querySelector("[data-spare]");
  const add = rows.querySelector("[data-add-row]");
  if (!spare || !add) return;
  const pattern = spare.firstElementChild.cloneNode(true);
  const at = Number(rows.dataset.next) - 1;
  spare.remove();
  add.hidden = false;
  let next = at;
  add.addEventListener("click", () => {
    const row = numbered(pattern.cloneNode(true), at, next++);
    add.before(row);
    window.htmx?.process(row);
    row.querySelector("input").focus();
    stopWhenFull(rows, add);
  });
  rows.addEventListener("change", () => stopWhenFull(rows, add));
  stopWhenFull(rows, add);
}

function stopWhenFull(rows, add) {
  const staying = rows.querySelectorAll('[data-row]:not(:has([name*="-remove-"]:checked))').length;
  add.disabled = staying >= Number(rows.dataset.most ?? Infinity);
  rows.querySelector("[data-full]")?.toggleAttribute("hidden", !add.disabled);
}

function numbered(row, from, to) {
  row.querySelectorAll("[id], [name], [for], [list], [value], [hx-target]").forEach((element) => {
    for (const name of ["id", "name", "for", "list", "hx-target"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(new RegExp(`([-_])${from}$`), `$1${to}`));
    }
    if (element.type === "radio") element.value = String(to);
  });
  return row;
}

function watchPrimary(input) {
  const question = input.closest("[data-row]").querySelector("[data-keep-old]");
  if (!question) return;
  const ask = () => (question.hidden = input.value.trim() === input.dataset.oldPrimary || !input.value.trim());
  input.addEventListener("input", ask);
  ask();
}
