// Texts for the clipboard.

// Whether the text was copied. `parent` holds the selected text where the clipboard is not available.
export async function copy(text, parent = document.body) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text, parent); // without TLS, or without permission
  }
}

function copySelection(text, parent) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  parent.append(field);
  const focused = document.activeElement;
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return copied;
}
