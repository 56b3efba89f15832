// The overview of the whole history, with a slider for each end of the charts' window.

import { byId } from "../shared/elements.js";
import { day } from "../shared/format.js";
import { DAY_MS, dayOf, lastDay } from "../shared/windows.js";

const WIDTH = 1000;
const HEIGHT = 100;

export class RangeSlider {
  // `onInput(from, to)` is called while an end is dragged, `onChange(from, to)` afterwards.
  constructor({ onInput, onChange }) {
    [this.from, this.to] = [byId("range-from"), byId("range-to")];
    for (const slider of [this.from, this.to]) {
      slider.addEventListener("input", () => this.handleInput(slider, onInput));
      slider.addEventListener("change", () => this.handleInput(slider, onChange));
    }
  }

  // `rows` is the whole history, `all` its first and last instant.
  draw(rows, all) {
    this.all = all;
    for (const slider of [this.from, this.to]) {
      slider.min = 0;
      slider.max = Math.max(1, Math.ceil((all.to - dayOf(all.from)) / DAY_MS));
    }
    byId("range-line").setAttribute("d", linePath(rows, all));
  }

  setWindow({ from, to }) {
    this.from.value = Math.floor((from - dayOf(this.all.from)) / DAY_MS);
    this.to.value = Math.ceil((to - dayOf(this.all.from)) / DAY_MS);
    this.showWindow();
  }

  handleInput(slider, callback) {
    const [from, to] = [Number(this.from.value), Number(this.to.value)];
    if (to - from < 1) slider.value = slider === this.from ? to - 1 : from + 1;
    this.showWindow();
    callback(...[this.from, this.to].map((each) => dayOf(this.all.from) + Number(each.value) * DAY_MS));
  }

  showWindow() {
    const [from, to] = [this.from, this.to].map(({ value }) => dayOf(this.all.from) + Number(value) * DAY_MS);
    this.from.setAttribute("aria-valuetext", day(from));
    this.to.setAttribute("aria-valuetext", day(lastDay(to)));
    const [start, end] = [this.from, this.to].map((each) => (100 * each.value) / each.max);
    const { style } = byId("range-window");
    style.left = `${start}%`;
    style.width = `${end - start}%`;
  }
}

// The pp line as an SVG path over the full width.
function linePath(rows, all) {
  const most = Math.max(1, ...rows.map(({ pp }) => pp));
  const x = ({ at }) => ((at - all.from) / Math.max(1, all.to - all.from)) * WIDTH;
  const points = rows.map((row) => `${x(row).toFixed(1)} ${(HEIGHT - 8 - (row.pp / most) * (HEIGHT - 16)).toFixed(1)}`);
  return points.length ? `M${points.join("L")}` : "";
}
