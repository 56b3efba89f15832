"""uvicorn as the gateway needs it: with an end to its patience, and a shortcut to what is remembered."""
