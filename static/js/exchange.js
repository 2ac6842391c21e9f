// The steps of an import: a file is chosen or dropped, ticks that mean nothing for the mapped columns step aside.
const MEGABYTE = 1024 * 1024;

const wake = (root) => {
  root.querySelectorAll("[data-drop]:not([data-awake])").forEach(watchDrop);
  root.querySelectorAll("[data-map]:not([data-awake])").forEach(watchMap);
};
wake(document);
document.addEventListener("htmx:load", (event) => wake(event.target));

// "Upload a file" asks for one and sends it at once; one that is dropped anywhere on the page is taken the same way.
function watchDrop(form) {
  const input = form.querySelector("[type=file]");
  form.dataset.awake = "";
  form.classList.add("is-awake");
  input.tabIndex = -1;
  form.querySelector("[type=submit]").addEventListener("click", (event) => {
    if (input.files.length) return;
    event.preventDefault(); // before the browser finds that the field is empty
    input.click();
  });
  form.addEventListener("submit", () => busy(form, input.files[0]));
  input.addEventListener("change", () => input.files.length && take(form, input.files));
  watchDragging(form, (files) => {
    input.files = files;
    take(form, files);
  });
  window.addEventListener("pageshow", () => rest(form)); // back from the next page
}

function take(form, files) {
  const file = files[0];
  if (files.length > 1) return refuse(form, "several");
  if (file.size > Number(form.dataset.most) * MEGABYTE) return refuse(form, "tooLarge");
  form.querySelector("[data-drop-refused]").hidden = true;
  form.requestSubmit();
}

function busy(form, file) {
  const state = form.querySelector("[data-drop-state]");
  form.classList.add("is-busy");
  form.querySelector("[data-drop-chosen]").hidden = false;
  form.querySelector("[data-drop-name]").textContent = file.name;
  state.textContent = state.dataset.uploading;
}

function rest(form) {
  form.classList.remove("is-busy");
  form.querySelector("[data-drop-chosen]").hidden = true;
  form.querySelector("[type=file]").value = "";
}

function refuse(form, why) {
  const notice = form.querySelector("[data-drop-refused]");
  rest(form);
  notice.querySelector(".alert-text").textContent = notice.dataset[why];
  notice.hidden = false;
}

function watchDragging(form, drop) {
  let depth = 0; // each element under the pointer is entered and left
  const over = (change) => form.classList.toggle("is-over", (depth = Math.max(0, depth + change)) > 0);
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => hasFiles(event) && over(1));
  document.addEventListener("dragleave", (event) => hasFiles(event) && over(-1));
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(-depth);
    if (event.dataTransfer.files.length && !form.classList.contains("is-busy")) drop(event.dataTransfer.files);
  });
}

function watchMap(form) {
  form.dataset.awake = "";
  const selects = [...form.querySelectorAll("select[name^='column-']")];
  const show = () => {
    const mapped = new Set(selects.map((select) => select.value).filter(Boolean));
    form.querySelectorAll(".choice").forEach((choice) => {
      const needs = choice.dataset.needs.split(" ").filter(Boolean);
      choice.classList.toggle("is-idle", needs.length > 0 && !needs.some((name) => mapped.has(name)));
    });
    const count = form.querySelector("[data-mapped]");
    const words = { mapped: selects.filter((select) => select.value).length, all: selects.length };
    count.textContent = count.dataset.words.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  };
  selects.forEach((select) => select.addEventListener("change", () => {
    select.closest("td").querySelector(".map-how")?.remove(); // it is no guess any more
    show();
  }));
  show();
}
