// Formatting of numbers, dates and durations. Days are UTC, as in the schema.

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
const MINUS = "\u2212";

const counts = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const decimals = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const shortened = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const UNITS = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const count = (value) => (value == null ? "–" : counts.format(value));
export const decimal = (value) => (value == null ? "–" : decimals.format(value));
export const pp = (value) => (value == null ? "–" : `${decimal(value)} pp`);
export const compact = (value) => (value == null ? "–" : abbreviate(value, Math.abs(value) / 100));
export const percent = (value) => (value == null ? "–" : `${decimal(value)} %`);
export const rank = (value) => (value == null ? "unranked" : `#${count(value)}`);

// A number on an axis: as short as possible, but different from others at a distance of `step`.
export function abbreviate(value, step) {
  const [size, unit] = UNITS.find(([each]) => Math.abs(value) >= each && step >= each / 100) ?? [1, ""];
  return unit ? `${shortened.format(value / size)}${unit}` : count(value);
}

// A difference with its sign. A value that rounds to zero gets ±.
export function signed(value, format = count) {
  if (value == null) return "–";
  const size = format(Math.abs(value));
  if (!/[1-9]/.test(size)) return `±${size.replace(/\.0+/, "")}`;
  return sign(value) + size;
}

// The difference of two values as they are shown, with two decimals: it agrees with both of them beside it.
export const shownDifference = (start, end) => shownNumber(end) - shownNumber(start);

const shownNumber = (value) => Number(decimal(value).replaceAll(",", ""));

// A change of rank: ▲ is a better rank, ▼ a worse one. `formats.py` has the same for images and link previews.
export const rankDelta = (gained) => (gained ? `${gained > 0 ? "▲" : "▼"} ${count(Math.abs(gained))}` : signed(gained));

// The sign of a difference; none of 0.
export const sign = (value) => (value > 0 ? "+" : value < 0 ? MINUS : "");

// "Sep", as in images and link previews; some browsers write "Sept".
export const day = (instant) => days.format(new Date(instant)).replace("Sept", "Sep");
export const dateTime = (instant) => `${day(instant)}, ${minutes.format(new Date(instant))} UTC`;

export function ago(instant, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  if (seconds < MINUTE_S) return "just now";
  if (seconds < HOUR_S) return relative.format(-Math.round(seconds / MINUTE_S), "minute");
  if (seconds < 2 * DAY_S) return relative.format(-Math.round(seconds / HOUR_S), "hour");
  if (seconds < 60 * DAY_S) return relative.format(-Math.round(seconds / DAY_S), "day");
  return seconds < 730 * DAY_S
    ? relative.format(-Math.round(seconds / DAY_S / 30.4), "month")
    : relative.format(-Math.round(seconds / DAY_S / 365.25), "year");
}

// A duration: "3 hours".
export function duration(seconds) {
  const [size, unit] =
    seconds < 2 * MINUTE_S
      ? [1, "second"]
      : seconds < 2 * HOUR_S
        ? [MINUTE_S, "minute"]
        : seconds < 2 * DAY_S
          ? [HOUR_S, "hour"]
          : [DAY_S, "day"];
  const amount = Math.round(seconds / size);
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

// The wait for something: "12 min", and seconds at the end.
export const waiting = (seconds) => (seconds > MINUTE_S ? `${Math.ceil(seconds / MINUTE_S)} min` : `${Math.ceil(seconds)} s`);

// A countdown: "14:32".
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(left / MINUTE_S)}:${String(left % MINUTE_S).padStart(2, "0")}`;
}
