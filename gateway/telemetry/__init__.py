"""Observability of the gateway: request context, logging, metrics and tracing."""
