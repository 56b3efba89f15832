"""uvicorn with the gateway's HTTP protocol: timeouts, bounded buffering, and cached responses without a task."""
