// The number of plays that a list adds: the next pages are larger, so that long lists take few clicks.

const SIZES = [50, 200, 500];

// `shown`: the number of plays in the list, including its `first` page.
export function nextPageSize(shown, first) {
  if (shown < first + SIZES[0]) return SIZES[0];
  return shown < first + SIZES[0] + SIZES[1] ? SIZES[1] : SIZES[2];
}
