// A finger that goes sideways over a chart selects, as a mouse does; up and down it scrolls the page (`touch-action` in
// CSS).

// `charts` marks in all its plots what is selected of one, and is told of it at the end.
export function listenToFingers(plot, charts) {
  let began = null;
  const at = (event) => event.clientX - plot.over.getBoundingClientRect().left;
  const mark = (one, other) => charts.plots.forEach((each) => charts.mark(each, one, other));

  plot.over.addEventListener("pointerdown", (event) => (began = event.pointerType === "mouse" ? null : at(event)));
  plot.over.addEventListener("pointermove", (event) => {
    if (began == null) return;
    plot.setCursor({ left: at(event), top: 10 }, true, true);
    mark(began, at(event));
  });
  plot.over.addEventListener("pointerup", () => {
    if (began != null) charts.selected(plot);
    began = null;
  });
  plot.over.addEventListener("pointercancel", () => {
    began = null;
    mark(0, 0);
  });
}
