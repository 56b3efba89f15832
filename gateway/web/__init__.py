"""HTTP: the ASGI application, the GraphQL endpoint, the response cache, middleware, probes and pages."""
