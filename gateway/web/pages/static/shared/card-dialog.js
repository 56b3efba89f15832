// The dialog of a card: choices, a preview, its link, the file, and snippets for sites that embed it.

import { button, byId, el } from "./elements.js";
import { cardChoices } from "./card-choices.js";
import { withVersion } from "./card-file.js";
import { copyButton } from "./copy-button.js";

const NOTE = "Chats such as Discord keep their first copy of a link. After an update, copy a new one: it shows the new card.";
const SNIPPETS = [
  ["Markdown", ({ page, image, alt }) => `[![${alt.replace(/[[\]\\]/g, "\\$&")}](${image})](${page})`],
  ["BBCode", ({ page, image }) => `[url=${page}][img]${image}[/img][/url]`],
  [
    "HTML",
    ({ page, image, alt }) =>
      `<a href="${escapeHTML(page)}"><img src="${escapeHTML(image)}" width="600" alt="${escapeHTML(alt)}"></a>`,
  ],
];

// `image` and `page` are absolute URLs, `version` its instants. The focus returns to the opener by itself.
export function openCard({ image, page, alt, version, hasRanges }) {
  const status = el("p", { class: "visually-hidden", role: "status" });
  const dialog = el("dialog", { class: "card-dialog", "aria-labelledby": "card-dialog-title" });
  const close = button("Close", () => dialog.close(), { class: "small" });
  const preview = el("img", { alt, width: 1200, height: 630 });
  const links = el("div", { class: "stack" });
  const options = { parent: dialog, failed: "Select the text", say: (text) => (status.textContent = text) };
  const show = (card) => {
    preview.src = withVersion(card.image, version);
    links.replaceChildren(...linksOf(preview.src, { ...card, alt }, options));
  };
  dialog.append(
    el("div", { class: "row space-between" }, el("h2", { id: "card-dialog-title" }, "Card image"), close),
    cardChoices({ image, page, hasRanges }, show),
    preview,
    links,
    el("p", { class: "text-small muted" }, NOTE),
    status,
  );
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  show({ image, page });
  byId("main").append(dialog);
  dialog.showModal();
}

// `image` has a version. Sites that embed the card need none: they read it again from time to time.
const linksOf = (image, card, options) => [
  el(
    "p",
    { class: "row" },
    copyButton("Copy image link", image, options),
    el("a", { class: "button small", href: image, download: fileName(image) }, "Download"),
    el("a", { class: "button small", href: image }, "Open image"),
  ),
  ...SNIPPETS.map(([name, write]) => snippet(name, write(card), options)),
];

function snippet(name, text, options) {
  const id = `snippet-${name}`;
  const field = el("input", { id, readonly: true, spellcheck: "false", value: text });
  field.addEventListener("focus", () => field.select());
  const made = copyButton("Copy", text, options);
  made.setAttribute("aria-label", `Copy ${name}`);
  return el("p", { class: "snippet" }, el("label", { for: id }, name), field, made);
}

// `2/card.png` is saved as `osutrack-2-card.png`.
const fileName = (url) => `osutrack-${new URL(url).pathname.split("/").slice(-2).join("-")}`;

const escapeHTML = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt()};`);
