"""`gateway query`: one operation from a file, answered by a gateway that is running or by one in this process.

`command` does it: `document` reads the operation and its variables, `exchange` asks, `table` and `complaints` put the
answer into words. It reaches every gateway as any client does, over GraphQL's own protocol.
"""
