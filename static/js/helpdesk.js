// What every page gains from JavaScript. Without it, every page still works.
import { watchPasswords } from "./passwords.js";
import { watchCopies } from "./copying.js";
import { keepFocus } from "./focus.js";
import { watchLeaving } from "./leaving.js";
import { watchMessages } from "./messages.js";

const wake = (root) => {
  watchPasswords(root);
  watchCopies(root);
  watchMessages(root);
};

wake(document);
keepFocus();
watchLeaving();
document.addEventListener("htmx:load", (event) => wake(event.target));
document.querySelector("[data-focus]")?.focus();
