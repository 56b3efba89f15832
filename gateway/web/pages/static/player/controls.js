// The controls of the charts: series, values or changes, time range, interval and zoom.

import { byId, el, setPressed } from "../shared/elements.js";
import { DAY_MS, openWindow } from "../shared/windows.js";
import { chooseSeries, METRICS } from "./metrics.js";
import { INTERVALS } from "./view.js";

// The selects of the upper and the lower chart.
const SLOTS = ["series-upper", "series-lower"];

// Their actions call `progress`.
export function listenToControls(progress) {
  SLOTS.forEach((id, slot) => {
    const options = Object.entries(METRICS).map(([name, { title }]) => el("option", { value: name }, title));
    byId(id).replaceChildren(...options);
    byId(id).addEventListener("change", ({ target }) =>
      progress.choose({ series: chooseSeries(progress.series, slot, target.value) }),
    );
  });
  byId("presets").addEventListener("click", ({ target }) => {
    const { days } = target.dataset;
    if (days) progress.choose({ days: days === "all" ? null : Number(days), from: null, to: null });
  });
  byId("values").addEventListener("click", ({ target }) => {
    const { values } = target.dataset;
    if (values) progress.choose({ values: values === "change" ? values : null });
  });
  byId("compare-link").addEventListener("click", () => {
    byId("compare").scrollIntoView();
    byId("compare-id").focus({ preventScroll: true });
  });
  byId("every").addEventListener("click", ({ target }) => {
    const { every } = target.dataset;
    if (every) progress.choose({ every: every in INTERVALS ? every : null });
  });
  listenToZoom(progress);
}

function listenToZoom(progress) {
  const actions = {
    in: () => progress.zoom(0.5),
    out: () => progress.zoom(2),
    earlier: () => progress.move(-0.5),
    later: () => progress.move(0.5),
  };
  for (const [name, action] of Object.entries(actions)) {
    byId(`zoom-${name}`).addEventListener("click", ({ currentTarget }) => {
      if (currentTarget.getAttribute("aria-disabled") !== "true") action();
    });
  }
}

// Marks the choices of the view.
export function showChoices({ series, view, window, all }) {
  SLOTS.forEach((id, slot) => (byId(id).value = series[slot]));
  setPressed(byId("values"), "values", view.values ?? "absolute");
  setPressed(byId("every"), "every", view.every ?? "auto");
  const { from, to } = openWindow(view, all);
  const whole = from == null && to == null;
  setPressed(byId("presets"), "days", String(view.days ?? (whole ? "all" : null)));
  const disabled = {
    out: whole,
    earlier: from == null,
    later: to == null,
    in: window.to - window.from <= 3 * DAY_MS,
  };
  for (const [name, value] of Object.entries(disabled)) {
    byId(`zoom-${name}`).setAttribute("aria-disabled", String(value));
  }
}
