"""uvicorn as the gateway needs it: with an end to its patience."""
