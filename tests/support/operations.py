"""Operations that several test files send."""

from tests.support.processes import ROOT

OPERATIONS = (ROOT / "examples/operations.graphql").read_text()

LATEST = "query ($id: ID!) { user(id: $id) { stats { latest { at pp playCount } } } }"
PEAK = "query ($id: ID!) { user(id: $id) { stats { peak { globalRank accuracy } } } }"
HISCORES = "query ($id: ID!) { user(id: $id) { stats { hiscores { totalCount nodes { pp } } } } }"
UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { __typename } }"
