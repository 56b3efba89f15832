// Touch input on a chart: a horizontal drag selects, as with a mouse; a vertical one scrolls the page (`touch-action`
// in charts.css).

// The selection is mirrored on all plots of `charts`, which receives it at the end of the drag.
export function listenForTouch(plot, charts) {
  let start = null;
  const at = (event) => event.clientX - plot.over.getBoundingClientRect().left;
  const height = (event) => Math.max(0, event.clientY - plot.over.getBoundingClientRect().top);
  const select = (one, other) => charts.plots.forEach((each) => charts.mark(each, one, other));

  plot.over.addEventListener("pointerdown", (event) => (start = event.pointerType === "mouse" ? null : at(event)));
  plot.over.addEventListener("pointermove", (event) => {
    if (start == null) return;
    plot.setCursor({ left: at(event), top: height(event) }, true, true);
    select(start, at(event));
  });
  plot.over.addEventListener("pointerup", () => {
    if (start != null) charts.handleSelection(plot);
    start = null;
  });
  plot.over.addEventListener("pointercancel", () => {
    start = null;
    select(0, 0);
  });
}
