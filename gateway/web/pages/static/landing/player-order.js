// The order of the players on the home page. The choice is stored in the browser.

const KEY = "players-order";
export const ORDERS = {
  recent: "Recent first",
  rank: "Best rank",
  day: "pp in 24 hours",
  week: "pp in 7 days",
  month: "pp in 30 days",
};

export function readOrder() {
  try {
    const order = localStorage.getItem(KEY);
    return Object.hasOwn(ORDERS, order ?? "") ? order : "recent";
  } catch {
    return "recent"; // storage may be blocked
  }
}

export function storeOrder(order) {
  try {
    localStorage.setItem(KEY, order);
  } catch {
    // blocked or full: the order is that of this visit
  }
}

// Players without a value come last, in the order of the visits.
export function ordered(players, order) {
  if (order === "recent") return players;
  return [...players].sort(by(order));
}

const by = (order) => (one, other) => valueOf(other, order) - valueOf(one, order) || 0;

function valueOf({ last }, order) {
  if (order === "rank") return -(last?.rank ?? Infinity);
  const gain = last?.gains?.[order];
  // A gain since an earlier day is none of the period.
  return gain && !gain.since ? gain.pp : -Infinity;
}
