// The whole history in a strip, with a slider for either end of the window that the charts show.

import { byId } from "./elements.js";
import { day } from "./format.js";
import { DAY_MS, dayOf } from "./windows.js";

const WIDTH = 1000;
const HEIGHT = 100;

export class Strip {
  // `chosen(from, to)` when somebody has moved an end; `moving(from, to)` while they do.
  constructor({ chosen, moving }) {
    [this.from, this.to] = [byId("strip-from"), byId("strip-to")];
    for (const slider of [this.from, this.to]) {
      slider.addEventListener("input", () => this.slid(slider, moving));
      slider.addEventListener("change", () => this.slid(slider, chosen));
    }
  }

  // `rows` is the whole history, `all` its first and last moment.
  draw(rows, all) {
    this.all = all;
    for (const slider of [this.from, this.to]) {
      slider.min = 0;
      slider.max = Math.max(1, Math.ceil((all.to - dayOf(all.from)) / DAY_MS));
    }
    byId("strip-line").setAttribute("d", outline(rows, all));
  }

  place({ from, to }) {
    this.from.value = Math.floor((from - dayOf(this.all.from)) / DAY_MS);
    this.to.value = Math.ceil((to - dayOf(this.all.from)) / DAY_MS);
    this.say();
  }

  slid(slider, then) {
    const [from, to] = [Number(this.from.value), Number(this.to.value)];
    if (to - from < 1) slider.value = slider === this.from ? to - 1 : from + 1;
    this.say();
    then(...[this.from, this.to].map((each) => dayOf(this.all.from) + Number(each.value) * DAY_MS));
  }

  say() {
    for (const slider of [this.from, this.to]) {
      slider.setAttribute("aria-valuetext", day(dayOf(this.all.from) + Number(slider.value) * DAY_MS));
    }
    const [start, end] = [this.from, this.to].map((each) => (100 * each.value) / each.max);
    const chosen = byId("strip-window");
    chosen.style.left = `${start}%`;
    chosen.style.width = `${end - start}%`;
  }
}

// The line of pp as the path of an SVG, from the left to the right edge.
function outline(rows, all) {
  const most = Math.max(1, ...rows.map(({ pp }) => pp));
  const x = ({ at }) => ((at - all.from) / Math.max(1, all.to - all.from)) * WIDTH;
  const points = rows.map((row) => `${x(row).toFixed(1)} ${(HEIGHT - 8 - (row.pp / most) * (HEIGHT - 16)).toFixed(1)}`);
  return points.length ? `M${points.join("L")}` : "";
}
