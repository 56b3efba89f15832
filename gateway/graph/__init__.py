"""The GraphQL layer: the schema, its resolvers, and the preparation and execution of operations."""
