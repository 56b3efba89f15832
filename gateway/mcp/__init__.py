"""The Model Context Protocol: GraphQL documents as tools of AI assistants. `web/mcp_endpoint.py` has its HTTP part."""
