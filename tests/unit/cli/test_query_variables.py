"""Variables on the command line become what their declared types want."""

import pytest

from gateway.cli.operation import UsageError, asked


@pytest.fixture
def variables(tmp_path):
    """What becomes of the flags for a variable `$x` of this type."""

    def read(kind, *values):
        file = tmp_path / "operation.graphql"
        file.write_text(f"query ($x: {kind}) {{ it(x: $x) }}")
        return asked(str(file), None, [f"x={value}" for value in values], None).variables["x"]

    return read


@pytest.mark.parametrize(
    "kind,values,expected",
    [
        ("ID!", ["2"], "2"),
        ("String", ["{braces}"], "{braces}"),
        ("String", ["a=b"], "a=b"),
        ("String", [""], ""),
        ("Int!", ["50"], 50),
        ("Float", ["2"], 2.0),
        ("Boolean! = false", ["true"], True),
        ("GameMode", ["MANIA"], "MANIA"),
        ("DateTime!", ["2026-01-31T12:00:00Z"], "2026-01-31T12:00:00Z"),
        ("Window", ['{"days": 7}'], {"days": 7}),
        ("[ID!]!", ["2"], ["2"]),
        ("[ID!]!", ["2", "131464"], ["2", "131464"]),
        ("[ID!]!", ['["2", "131464"]'], ["2", "131464"]),
        ("[Int!]", ["1", "2"], [1, 2]),
        ("[Int!]", ["[]"], []),
        ("[[Int!]!]", ["[1, 2]"], [1, 2]),
    ],
)
def test_a_flag_is_read_as_its_declared_type(variables, kind, values, expected):
    assert variables(kind, *values) == expected


@pytest.mark.parametrize(
    "kind,values",
    [
        ("Int", ["many"]),
        ("Int", ["2.5"]),
        ("Int", ["true"]),
        ("Float", ["NaN"]),
        ("Boolean", ["yes"]),
        ("Window", ["{days: 7}"]),
        ("[Int!]", ["[1"]),
        ("ID", ["2", "3"]),
    ],
)
def test_a_flag_that_its_type_can_not_be_is_a_wrong_call(variables, kind, values):
    with pytest.raises(UsageError, match="--var x"):
        variables(kind, *values)
