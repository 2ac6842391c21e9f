// Search while typing: after a pause, never in the middle of composing a syllable, and never touching the input itself.
const PAUSE = 250;

export function watchLiveSearch(input) {
  if (!input) return;
  let timer = 0;
  let last = input.value.trim();
  const ask = () => {
    if (input.value.trim() === last) return;
    last = input.value.trim();
    input.dispatchEvent(new CustomEvent("live-search", { bubbles: true }));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  input.addEventListener("input", (event) => (event.isComposing ? clearTimeout(timer) : soon()));
  input.addEventListener("compositionend", soon);
}
