// GraphiQL's plugin for building queries. Null without its script.
export function queryBuilder({ GraphiQLPluginExplorer: source }) {
  if (!source) return null;
  const title = "Query builder";
  return { ...source.explorerPlugin({ showAttribution: false, title, getDefaultScalarArgValue: defaultValue }), title };
}

// The values of new arguments, by name or else by type, so that the query runs: the player is the one of the examples.
const VALUES = {
  id: ["StringValue", "2"],
  ids: ["StringValue", "2"],
  username: ["StringValue", "peppy"],
  modsAll: ["StringValue", "HD"],
  modsAny: ["StringValue", "HD"],
  modsNone: ["StringValue", "HD"],
  Date: ["StringValue", "2026-01-01"],
  DateTime: ["StringValue", "2026-01-01T00:00:00Z"],
  Int: ["IntValue", "10"],
  Float: ["FloatValue", "100.0"],
  Boolean: ["BooleanValue", true],
};

function defaultValue(_field, argument, type) {
  if (type.getValues) return { kind: "EnumValue", value: type.getValues()[0].name };
  const [kind, value] = VALUES[argument.name] ?? VALUES[type.name] ?? ["StringValue", ""];
  return { kind, value };
}

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
