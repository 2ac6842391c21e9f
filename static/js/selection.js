// Ticked rows, "Select all", and the bar of what can be done with them. The selection belongs to one page of one list:
// leaving it for another page, search or view clears it, and says so.
const KEY = "selection-cleared";

export function watchSelection(results) {
  if (!results) return;
  const chosen = new Set();
  document.addEventListener("change", (event) => {
    if (event.target.id === "select-all") boxes().forEach((box) => (box.checked = event.target.checked));
    if (event.target.id === "select-all" || event.target.name === "contact") remember(chosen);
    if (event.target.id === "select-view") show(chosen);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#clear-selection")) clear(chosen);
    if (chosen.size && event.target.closest("#results .pager a, #menu-views a, #sorts a")) sessionStorage.setItem(KEY, "1");
  });
  document.getElementById("live-search")?.addEventListener("submit", () => chosen.size && sessionStorage.setItem(KEY, "1"));
  document.addEventListener("htmx:oobAfterSwap", () => tickAgain(chosen));
  document.addEventListener("htmx:afterSwap", (event) => event.detail.target.id === "results" && replaced(chosen));
  window.addEventListener("pageshow", () => remember(chosen));
  if (sessionStorage.getItem(KEY)) notice();
  sessionStorage.removeItem(KEY);
}

const boxes = () => [...document.querySelectorAll('#results tbody input[name="contact"]')];

function remember(chosen) {
  chosen.clear();
  boxes().filter((box) => box.checked).forEach((box) => chosen.add(box.value));
  show(chosen);
}

function tickAgain(chosen) {
  boxes().forEach((box) => (box.checked = chosen.has(box.value)));
  show(chosen);
}

function clear(chosen) {
  boxes().forEach((box) => (box.checked = false));
  remember(chosen);
  document.getElementById("select-all")?.focus();
}

function replaced(chosen) {
  if (chosen.size) notice();
  remember(chosen);
}

function show(chosen) {
  const bar = document.getElementById("bulk-bar");
  if (!bar) return;
  const all = boxes();
  const ticked = all.filter((box) => box.checked);
  const every = document.getElementById("select-all");
  every.checked = all.length > 0 && ticked.length === all.length;
  every.indeterminate = ticked.length > 0 && !every.checked;
  all.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
  bar.hidden = !chosen.size;
  const isWhole = offerView(every.checked);
  fill("bulk-count", { count: ticked.length }, isWhole ? "whole" : "text");
  const reached = ticked.filter((box) => "invitable" in box.dataset).length;
  fill("bulk-reach", { count: reached, total: ticked.length }, reached ? "text" : "none");
  document.getElementById("bulk-reach")?.toggleAttribute("hidden", isWhole);
  const invite = document.getElementById("invite-selected");
  if (invite) invite.disabled = ticked.length > 0 && !reached && !isWhole;
  for (const button of bar.querySelectorAll("[data-fewest]"))
    button.hidden = isWhole || ticked.length < Number(button.dataset.fewest) || ticked.length > Number(button.dataset.most);
}

// With every row of the page ticked, all of the view may be chosen; whatever unticks a row takes that back.
function offerView(isOffered) {
  const offer = document.getElementById("bulk-whole");
  if (!offer) return false;
  const box = document.getElementById("select-view");
  offer.hidden = !isOffered;
  if (!isOffered) box.checked = false;
  return box.checked;
}

function fill(id, values, which = "text") {
  const element = document.getElementById(id);
  if (!element) return;
  element.textContent = element.dataset[which].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function notice() {
  const text = document.getElementById("results").dataset.cleared;
  const alert = Object.assign(document.createElement("div"), { className: "alert alert-info" });
  alert.setAttribute("role", "status");
  alert.append(Object.assign(document.createElement("div"), { className: "alert-text", textContent: text }));
  document.getElementById("messages")?.replaceChildren(alert);
}
