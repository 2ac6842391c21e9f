// Messages may be closed. They never go by themselves: not everybody reads fast.
export function watchMessages(root) {
  root.querySelectorAll("[data-dismiss]:not([data-awake])").forEach((button) => {
    button.dataset.awake = "";
    button.hidden = false;
    button.addEventListener("click", () => {
      button.closest(".alert").remove();
      document.getElementById("content")?.focus();
    });
  });
}
