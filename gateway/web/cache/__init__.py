"""The response cache: keys, entries, compression, headers for HTTP caches, and shared executions."""
