// A button that copies a text.

import { copy } from "./copy.js";
import { announce, button } from "./elements.js";

const COPIED_MS = 2000;

// In a modal dialog, `parent` is the dialog, and `say` writes to a status of its own. `failed`: the label after a failure.
export function copyButton(label, text, { parent, failed = "Not copied", say = announce } = {}) {
  const made = button(
    label,
    async () => {
      const done = (await copy(text, parent)) ? "Copied" : failed;
      say(`${done}.`);
      made.textContent = done;
      setTimeout(() => (made.textContent = label), COPIED_MS);
    },
    { class: "small" },
  );
  return made;
}
