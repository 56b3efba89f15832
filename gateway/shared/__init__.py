"""What several gateway processes share, by way of Redis. Without it, and while it is away, each works alone."""
