"""Cached osu!track data: caching policy, histories, updates."""
