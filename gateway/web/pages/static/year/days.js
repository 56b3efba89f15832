// Days of the year that the page's title names.

import { day } from "../shared/format.js";

export const dayOfYear = (at) => day(at).replace(/ \d+$/, "");
