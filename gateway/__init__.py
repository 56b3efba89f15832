"""osutrack-gateway: a GraphQL gateway for osu!track.

A query passes from `web` (HTTP) through `graph` (the schema) to `store` (cached data), which loads missing data through
`osutrack` (five HTTP requests). `web.app.create_app` builds the parts; `sandbox` simulates osu!track.
"""
