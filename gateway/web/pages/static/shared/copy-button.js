// A button that copies a text.

import { copy } from "./copy.js";
import { announce, button } from "./elements.js";

const COPIED_MS = 2000;

export function copyButton(label, text) {
  const made = button(
    label,
    async () => {
      const done = (await copy(text)) ? "Copied" : "Not copied";
      announce(`${done}.`);
      made.textContent = done;
      setTimeout(() => (made.textContent = label), COPIED_MS);
    },
    { class: "small" },
  );
  return made;
}
