// The documentation: buttons that copy code, and the search.
import { search } from "./documentation/search.js";
import { button, byId, el } from "./shared/elements.js";

const COPIED_MS = 2000;

for (const block of byId("article").querySelectorAll(".code")) block.append(copyButton(block.querySelector("code")));
search(byId("search"), byId("found"), byId("results"));

// The label stays the same for screen readers, which are told of the result.
function copyButton(code) {
  const status = el("span", { role: "status" });
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      status.textContent = "Copied";
    } catch {
      // Without access to the clipboard, the code is selected for the keys that copy.
      getSelection().selectAllChildren(code);
      status.textContent = "Selected";
    }
    setTimeout(() => (status.textContent = ""), COPIED_MS);
  }, { class: "small" });
  return el("span", { class: "copy" }, status, copy);
}
