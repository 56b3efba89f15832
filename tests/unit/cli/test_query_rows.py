"""The rows of a response as NDJSON and CSV, for `query --output`."""

from typing import Any

import pytest

from gateway.cli.operation import UsageError
from gateway.cli.rows import ndjson, select_rows, to_csv

ROWS: list[dict[str, Any]] = [{"pp": 9.5, "user": {"id": "2"}}, {"pp": None, "user": None}]
TWO_LISTS = {"bestPlays": {"nodes": ROWS}, "users": [{"id": "2"}]}


def test_only_list_is_selected():
    assert select_rows({"status": {"version": "1"}, "bestPlays": {"nodes": ROWS}}, None) == ROWS


def test_data_without_list_is_one_row():
    data = {"user": {"id": "2", "mods": ["HD"]}}
    assert select_rows(data, None) == [data]


def test_list_of_several_is_selected_by_path():
    assert select_rows(TWO_LISTS, "users") == [{"id": "2"}]


@pytest.mark.parametrize("path", [None, "bestPlays", "users.id", ""])
def test_unknown_path_is_usage_error(path):
    with pytest.raises(UsageError, match=r"response's lists of objects: bestPlays\.nodes, users$"):
        select_rows(TWO_LISTS, path)


def test_empty_list_has_no_rows():
    assert select_rows({"users": []}, None) == []


def test_ndjson_has_one_object_per_line():
    assert ndjson(ROWS) == b'{"pp":9.5,"user":{"id":"2"}}\n{"pp":null,"user":null}\n'


def test_csv_has_a_column_per_leaf():
    assert to_csv(ROWS) == b"pp,user.id\n9.5,2\n,\n"


def test_csv_cells_keep_json_values():
    rows = [{"name": 'a "b", c', "flag": True, "score": 2**53, "mods": ["HD", "DT"], "pp": 0.1 + 0.2, "text": "é\n"}]
    assert to_csv(rows).decode() == (
        'name,flag,score,mods,pp,text\n"a ""b"", c",true,9007199254740992,"[""HD"",""DT""]",0.30000000000000004,"é\n"\n'
    )
