"""How clients reach the schema: the application, its endpoint, and what stands around them."""
