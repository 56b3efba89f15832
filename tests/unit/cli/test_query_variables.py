"""Variables on the command line are parsed as their declared types."""

import pytest

from gateway.cli.operation import UsageError, read_operation


@pytest.fixture
def variables(tmp_path):
    """Parse flags for a variable `$x` of a type."""

    def read(kind, *values):
        file = tmp_path / "operation.graphql"
        file.write_text(f"query ($x: {kind}) {{ it(x: $x) }}")
        return read_operation(str(file), None, [f"x={value}" for value in values], None).variables["x"]

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
def test_flag_is_parsed_as_its_declared_type(variables, kind, values, expected):
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
def test_invalid_value_for_the_type_is_rejected(variables, kind, values):
    with pytest.raises(UsageError, match="--var x"):
        variables(kind, *values)
