// A password field with Show, and warnings for Caps Lock and Hangul mode.
const HANGUL = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/;

export function watchPasswords(root) {
  root.querySelectorAll("[data-password]:not([data-awake])").forEach(watch);
}

function watch(box) {
  box.dataset.awake = "";
  const input = box.querySelector("input");
  const caps = box.querySelector("[data-caps]");
  const hangul = box.querySelector("[data-hangul]");
  offerShow(input, box.querySelector("[data-password-show]"));
  const look = (event) => {
    if (event.getModifierState) caps.hidden = !event.getModifierState("CapsLock");
    if (event.type === "keydown") hangul.hidden = !isHangul(event);
  };
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("input", () => { if (HANGUL.test(input.value)) hangul.hidden = false; });
  input.addEventListener("blur", () => { caps.hidden = true; hangul.hidden = !HANGUL.test(input.value); });
}

// Windows names the key "Process" while an input method works; others give the syllable itself.
function isHangul(event) {
  if (event.key.length > 1 && event.key !== "Process") return HANGUL.test(event.target.value);
  return event.isComposing || event.key === "Process" || HANGUL.test(event.key) || HANGUL.test(event.target.value);
}

function offerShow(input, button) {
  button.hidden = false;
  button.addEventListener("click", () => show(input, button, input.type === "password"));
  input.form?.addEventListener("submit", () => show(input, button, false));
}

function show(input, button, seen) {
  input.type = seen ? "text" : "password";
  button.setAttribute("aria-pressed", String(seen));
}
