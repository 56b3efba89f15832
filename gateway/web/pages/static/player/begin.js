// Begins the page, and says so if a part of it is not there: one may be others' that nobody has built.

import("./main.js").catch((error) => {
  console.error(error);
  document.getElementById("unbuilt").hidden = false;
});
