"""Operations with arguments to be refused, and the check of the refusal."""

import re
from typing import Any

from tests.support.gateway import InProcessGateway

USER = "query ($id: ID!) { user(id: $id) { stats { tracked } } }"
SNAPSHOTS = "query ($window: Window) { user(id: 2) { stats { snapshots(window: $window) { at } } } }"
SNAPSHOT_AT = "query ($at: DateTime!) { user(id: 2) { stats { snapshotAt(at: $at) { at } } } }"
HISCORES = """query ($first: Int!, $after: String) {
  user(id: 2) { stats { hiscores(first: $first, after: $after) { totalCount } } }
}"""
BEST_PLAYS = "query ($first: Int!, $after: String) { bestPlays(first: $first, after: $after) { nodes { pp } } }"
BY_NAME = "query ($username: String!) { hiscoresByUsername(username: $username) { totalCount } }"

# Internals of the gateway that no error may contain.
INTERNALS = re.compile(
    r'Traceback|\.py\b|File "|gateway\.|http://sandbox|line \d+, in|graphql\.error|strawberry', re.IGNORECASE
)


async def input_error(gateway: InProcessGateway, query: str, mentioned: str, **variables: Any) -> Any:
    """The error of an invalid argument: not retryable, with `mentioned` in its message, without upstream request."""
    error = await gateway.error(query, **variables)
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
    assert error["extensions"]["retryable"] is False
    assert mentioned in error["message"]
    assert not INTERNALS.search(str(error))
    assert gateway.sandbox.count() == 0
    return error
