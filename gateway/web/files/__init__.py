"""Files of players: exports as CSV and NDJSON, and images."""
