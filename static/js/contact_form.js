// The form of a contact: lines that can be added, and the question whether a replaced primary email stays. Whoever comes
// back to it finds what was typed: the browser keeps the lines it was sent, the page's place in the history the added ones.
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
  const place = pattern.querySelector("input").name;
  const added = [];
  const append = () => {
    const row = numbered(pattern.cloneNode(true), at, at + added.length);
    added.push(row);
    add.before(row);
    window.htmx?.process(row);
    return row;
  };
  add.addEventListener("click", () => {
    append().querySelector("input").focus();
    stopWhenFull(rows, add);
  });
  rows.addEventListener("input", () => {
    history.replaceState({ ...history.state, [place]: added.map(typedIn) }, "");
    stopWhenFull(rows, add);
  });
  history.state?.[place]?.forEach((typed) => typeInto(append(), typed));
  stopWhenFull(rows, add);
}

function isTick(input) {
  return input.type === "radio" || input.type === "checkbox";
}

function typedIn(row) {
  return [...row.querySelectorAll("input")].map((input) => (isTick(input) ? input.checked : input.value));
}

function typeInto(row, typed) {
  row.querySelectorAll("input").forEach((input, index) => {
    if (isTick(input)) input.checked = typed[index];
    else input.value = typed[index];
  });
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
