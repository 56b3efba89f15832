"""The client for osu!track: endpoints, decoding, rate limit and circuit breaker. Independent of GraphQL."""
