// The dialog of an image: a preview, its link, the file, and snippets for sites that embed it.

import { button, byId, el } from "./elements.js";
import { copy } from "./copy.js";

const COPIED_MS = 2000;
const SNIPPETS = [
  ["Markdown", ({ page, image, alt }) => `[![${alt.replace(/[[\]\\]/g, "\\$&")}](${image})](${page})`],
  ["BBCode", ({ page, image }) => `[url=${page}][img]${image}[/img][/url]`],
  [
    "HTML",
    ({ page, image, alt }) =>
      `<a href="${escapeHTML(page)}"><img src="${escapeHTML(image)}" width="600" alt="${escapeHTML(alt)}"></a>`,
  ],
];

// `image` and `page` are absolute URLs. The focus returns to the opener by itself.
export function openCard({ image, page, alt }) {
  const status = el("p", { class: "visually-hidden", role: "status" });
  const dialog = el("dialog", { class: "card-dialog", "aria-labelledby": "card-dialog-title" });
  const close = button("Close", () => dialog.close(), { class: "small" });
  const copyButton = (label, text) => {
    const made = button(label, async () => {
      const done = (await copy(text, dialog)) ? "Copied" : "Select the text";
      status.textContent = `${done}.`;
      made.textContent = done;
      setTimeout(() => (made.textContent = label), COPIED_MS);
    }, { class: "small" });
    return made;
  };
  dialog.append(
    el("div", { class: "row space-between" }, el("h2", { id: "card-dialog-title" }, "Card image"), close),
    el("img", { src: image, alt, width: 1200, height: 630 }),
    el(
      "p",
      { class: "row" },
      copyButton("Copy image link", image),
      el("a", { class: "button small", href: image, download: fileName(image) }, "Download"),
      el("a", { class: "button small", href: image }, "Open image"),
    ),
    ...SNIPPETS.map(([name, write]) => snippet(name, write({ page, image, alt }), copyButton)),
    el("p", { class: "text-small muted" }, "The image has the newest data when a site loads it. Discord and some other sites keep their first copy."),
    status,
  );
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  byId("main").append(dialog);
  dialog.showModal();
}

function snippet(name, text, copyButton) {
  const id = `snippet-${name}`;
  const field = el("input", { id, readonly: true, spellcheck: "false", value: text });
  field.addEventListener("focus", () => field.select());
  const made = copyButton("Copy", text);
  made.setAttribute("aria-label", `Copy ${name}`);
  return el("p", { class: "snippet" }, el("label", { for: id }, name), field, made);
}

// `2/card.png` is saved as `osutrack-2-card.png`.
const fileName = (url) => `osutrack-${new URL(url).pathname.split("/").slice(-2).join("-")}`;

const escapeHTML = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt()};`);
