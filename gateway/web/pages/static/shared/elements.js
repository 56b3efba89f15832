// DOM construction. Text is always set as text: upstream data never becomes HTML.

export const byId = (id) => document.getElementById(id);

// An element. As attribute values, `true` sets an empty attribute; `false`, null and undefined omit it. As children,
// `false`, null and undefined are skipped.
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(attribute, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== false && child != null));
  return element;
}

export function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

export function button(text, onClick, attributes = {}) {
  const element = el("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", () => element.getAttribute("aria-disabled") !== "true" && onClick());
  return element;
}

// A link to another site, without a referrer.
export const externalLink = (href, text) => el("a", { href, rel: "noreferrer" }, text);

// A difference in the colour of its direction.
export const coloured = (text, value) => el("span", { class: value > 0 ? "up" : value < 0 ? "down" : null }, text);

export const visuallyHidden = (text) => el("span", { class: "visually-hidden" }, text);

export const timeElement = (instant, text) => el("time", { datetime: instant, title: instant }, text);

// Marks the button with `data-NAME=value` as the pressed one of its group.
export function setPressed(group, name, value) {
  for (const each of group.querySelectorAll("button")) {
    each.setAttribute("aria-pressed", String(each.dataset[name] === value));
  }
}

// Moves keyboard focus out of `container` before its content is replaced.
export function moveFocus(container, next) {
  if (container.contains(document.activeElement)) next.focus();
}

// Announces a text to screen readers through the live region. Cleared first, so that a repeated text is announced too.
export function announce(text) {
  const region = byId("live-region");
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}
