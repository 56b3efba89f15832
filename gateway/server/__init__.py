"""uvicorn as the gateway needs it: with an end to its deadline, and a shortcut to what is remembered."""
