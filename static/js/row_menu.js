// One menu of written actions for whichever row's ⋯ is pressed.
export function watchRowMenu() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-row-menu]");
    const menu = document.getElementById("row-menu");
    if (!opener || !menu || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fit(menu, opener);
    menu.showPopover({ source: opener });
    menu.querySelector(".menu-item:not([hidden])")?.focus();
  });
}

function fit(menu, opener) {
  const states = statesOf(opener);
  const id = opener.closest("tr").querySelector('[name="contact"]').value;
  menu.querySelectorAll(".menu-item").forEach((item) => {
    item.hidden = !states[item.dataset.for];
    if (item.dataset.href) item.href = item.dataset.href.replace("/0/", `/${id}/`);
    else item.value = id;
  });
  menu.setAttribute("aria-label", opener.getAttribute("aria-label"));
}

function statesOf(opener) {
  const present = !("deleted" in opener.dataset);
  const blocked = "blocked" in opener.dataset;
  const invitable = Boolean(opener.closest("tr").querySelector("[data-invitable]"));
  return { present, deleted: !present, blocked: present && blocked, unblocked: present && !blocked, invitable };
}
