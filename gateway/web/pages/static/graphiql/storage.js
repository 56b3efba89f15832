// GraphiQL's storage: values of this gateway alone, in the browser's storage and in memory.
//
// A browser tab keeps its values in the session; a new tab starts with those of the last change in any tab. If the
// browser's storage is blocked or full, values last until the page is closed.
const PREFIX = `osutrack-gateway ${new URL(".", location).pathname} `;

export function createStorage() {
  const areas = [area("localStorage"), area("sessionStorage")].filter(Boolean);
  const values = new Map(areas.flatMap(entries));
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem(name, value) {
      values.set(name, String(value));
      for (const stored of areas) store(stored, PREFIX + name, String(value));
    },
    removeItem(name) {
      values.delete(name);
      for (const stored of areas) attempt(() => stored.removeItem(PREFIX + name));
    },
    clear() {
      for (const name of [...values.keys()]) this.removeItem(name);
    },
    get length() {
      return values.size;
    },
  };
}

function area(name) {
  return attempt(() => window[name]);
}

function entries(stored) {
  const read = () =>
    Object.keys(stored)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => [key.slice(PREFIX.length), stored.getItem(key)])
      .filter(([, value]) => value !== null);
  return attempt(read) ?? [];
}

// Without space for the new value, the old one is removed: it would return with the next visit.
function store(stored, key, value) {
  attempt(() => stored.setItem(key, value), () => attempt(() => stored.removeItem(key)));
}

function attempt(action, otherwise = () => undefined) {
  try {
    return action();
  } catch {
    return otherwise();
  }
}
