// The page of unknown paths: its search opens the page of a player.

import { segmentOf } from "./shared/address.js";
import { listenToSearch } from "./shared/search-form.js";

listenToSearch((address) => `${segmentOf(address)}${address.mode ? `?mode=${address.mode}` : ""}`);
