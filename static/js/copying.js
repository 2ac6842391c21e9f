// A button that copies the value beside it, and says so.
export function watchCopies(root) {
  root.querySelectorAll("[data-copy]:not([data-awake])").forEach(watch);
}

function watch(button) {
  button.dataset.awake = "";
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const value = button.parentElement.querySelector("[data-copy-value]");
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(value.textContent);
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 4000);
  } catch {
    getSelection().selectAllChildren(value); // not allowed here: at least mark it, for Ctrl-C
  }
}
