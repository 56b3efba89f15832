// The link to the card, which follows the address like the title.

import { byId } from "../shared/elements.js";
import { cardFile } from "../shared/card-file.js";
import { upperSeries } from "./title.js";

export function showCardLink(view) {
  if (view.id) byId("card-link").href = `${view.id}/${cardFile({ ...view, series: upperSeries() })}`;
}
