"""What is remembered of osu!track between requests, and when it is asked again."""
