"""osutrack-gateway: one GraphQL endpoint over everything osu!track knows, and its politest client.

A query goes from `web` (HTTP) through `graph` (the schema) to `store` (what is remembered) and, when it has to, on to
`osutrack` (five HTTP calls). `web.app.create_app` puts the parts together; `sandbox` simulates osu!track.
"""
