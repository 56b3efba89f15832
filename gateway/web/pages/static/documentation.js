// The documentation: this gateway's address in the examples, buttons that copy code, and the search.
import { search } from "./documentation/search.js";
import { button, byId, el } from "./shared/elements.js";

const DOCUMENTED = "http://127.0.0.1:8000";
const COPIED_MS = 2000;
// The gateway's address, without the last slash.
const address = new URL("..", import.meta.url).href.slice(0, -1);

for (const code of byId("article").querySelectorAll("code")) {
  for (const node of textsOf(code)) node.data = node.data.replaceAll(DOCUMENTED, address);
}
for (const block of byId("article").querySelectorAll(".code")) block.append(copyButton(block.querySelector("code")));
search(byId("search"), byId("found"), byId("results"));

// The texts of an element; without an address that is divided by colours.
function textsOf(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  return texts;
}

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
