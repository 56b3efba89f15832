"""The schema's object types and their resolvers. A type declares the attributes of a record as fields."""
