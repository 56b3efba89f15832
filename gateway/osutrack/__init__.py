"""osu!track as a Python API: its five endpoints, repaired and paced. Knows nothing of GraphQL."""
