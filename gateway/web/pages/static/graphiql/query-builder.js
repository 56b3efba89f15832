// The query builder focuses a value field when it opens: the list is scrolled to it, and the next key replaces the value.
// Here it opens at its start, and the focus is on the list.
let opened = null;

export function openAtStart(container) {
  const list = container.querySelector(".graphiql-explorer-root");
  const isNew = list && list !== opened;
  opened = list;
  if (!isNew || !list.contains(document.activeElement)) return;
  list.tabIndex = -1;
  list.focus();
  list.closest(".graphiql-plugin").scrollTop = 0;
}

// Its fields of values have the name of their argument beside them, not as a label.
export function labelFields(container) {
  for (const field of container.querySelectorAll(".graphiql-explorer-root :is(input, select):not([aria-label])")) {
    field.setAttribute("aria-label", field.closest("[data-arg-name]")?.dataset.argName ?? "Name of the operation");
  }
}
