// Making what a page shows. Text is always set as text: what comes from osu!track never becomes HTML.

export const byId = (id) => document.getElementById(id);

// An element: `true` sets an attribute without a value, `false`, null and undefined leave it out, and so they do as
// children.
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== false && value != null) made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== false && child != null));
  return made;
}

export function button(text, pressed, attributes = {}) {
  const made = el("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", () => made.getAttribute("aria-disabled") !== "true" && pressed());
  return made;
}

// A link that leaves this site, and says so to who can't see it.
export const outside = (href, text) => el("a", { href, rel: "noreferrer" }, text);

export const unseen = (text) => el("span", { class: "unseen" }, text);

export const when = (instant, text) => el("time", { datetime: instant, title: instant }, text);

// Of buttons that choose one thing, the one that is chosen.
export function press(group, name, value) {
  for (const each of group.querySelectorAll("button")) {
    each.setAttribute("aria-pressed", String(each.dataset[name] === value));
  }
}

// Before what is in this place goes: whoever is in it by keyboard goes on from there.
export function leave(place, next) {
  if (place.contains(document.activeElement)) next.focus();
}

// Told to who listens, once: the same words twice are told twice.
export function announce(text) {
  const place = byId("said");
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}
