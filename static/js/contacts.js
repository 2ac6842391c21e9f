// The list of contacts: choosing rows, searching while typing. Without it the page's forms and links do the same.
import { watchSelection } from "./selection.js";
import { watchLiveSearch } from "./live_search.js";
import { watchRowMenu } from "./row_menu.js";

watchSelection(document.getElementById("results"));
watchRowMenu();
watchLiveSearch(document.getElementById("live-search-text"));
keepFocusOnRowAction();
document.querySelector("#activations [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// A pressed row action is disabled while it is asked, and its row replaced by the answer: the focus stays on it.
function keepFocusOnRowAction() {
  let pressed = "";
  document.addEventListener("htmx:beforeRequest", (event) => (pressed = event.detail.elt.id ?? ""));
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (pressed && document.activeElement === document.body) document.getElementById(pressed)?.focus();
  });
}
