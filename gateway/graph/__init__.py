"""What clients see: the schema, its resolvers, and what an operation may cost."""
