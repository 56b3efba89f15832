"""The schema's object types, each of which names the attributes of a record, and their resolvers."""
