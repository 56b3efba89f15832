// Starts the page, and shows a message if a module is missing: the vendored files may not have been built.

import("./main.js").catch((error) => {
  console.error(error);
  document.getElementById("script-error").hidden = false;
});
