// After a swap the focus is where it was: on the element with the same id or data-keep-focus.
export function keepFocus() {
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const focused = document.activeElement;
    kept = event.detail.target.contains(focused) ? nameOf(focused) : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (kept && (document.activeElement === document.body || !document.activeElement)) find(kept)?.focus();
    kept = null;
  });
}

function nameOf(element) {
  return element.dataset.keepFocus ? { key: element.dataset.keepFocus } : element.id ? { id: element.id } : null;
}

function find(name) {
  return name.id ? document.getElementById(name.id) : document.querySelector(`[data-keep-focus="${CSS.escape(name.key)}"]`);
}
