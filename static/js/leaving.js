// Whoever has sent a form is on the way to its answer. What the page they leave still asks for must not reload it: the
// answer would be fetched twice, and what it says only once is lost with the first.
const LONGEST = 10_000; // milliseconds; then the answer was a file, or never came

let until = 0;

export function watchLeaving() {
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented && !event.target.matches("[hx-post], [hx-get]")) until = Date.now() + LONGEST;
  });
  addEventListener("pageshow", () => (until = 0)); // back again
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (Date.now() < until && event.detail.xhr.getResponseHeader("HX-Refresh")) event.preventDefault();
  });
}
