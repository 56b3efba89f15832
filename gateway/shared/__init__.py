"""State shared by several gateway processes through Redis; without Redis, each process runs standalone."""
