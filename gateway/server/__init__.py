"""uvicorn with an HTTP protocol of our own: timeouts, bounded buffering, and cached responses without a task."""
