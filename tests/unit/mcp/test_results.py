"""GraphQL responses as results of tools."""

import json

from gateway.errors import entry
from gateway.mcp.results import tool_result


def test_data_is_structured_and_text():
    result = tool_result({"data": {"user": {"id": "2"}}, "extensions": {"cost": {"charged": 1}}})
    assert result == {
        "content": [{"type": "text", "text": '{"user":{"id":"2"}}'}],
        "structuredContent": {"user": {"id": "2"}},
        "isError": False,
    }


def test_errors_have_code_message_and_wait():
    error = entry("UPSTREAM_BUSY", "Busy.", retry_after_s=2.5) | {"path": ["user"], "locations": []}
    result = tool_result({"data": {"user": None}, "errors": [error]})
    expected = {"code": "UPSTREAM_BUSY", "message": "Busy.", "retryable": True, "retryAfterSeconds": 3}
    assert result["structuredContent"] == {"user": None, "errors": [expected]}
    assert result["isError"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]


def test_equal_errors_and_warnings_are_listed_once():
    errors = [entry("UPSTREAM_BUSY", "Busy.") | {"path": ["users", index]} for index in range(20)]
    warnings = [{"code": "STALE_DATA", "message": "Old.", "path": ["users", index]} for index in range(20)]
    content = tool_result({"data": {}, "errors": errors, "extensions": {"warnings": warnings}})["structuredContent"]
    assert (len(content["errors"]), len(content["warnings"])) == (1, 1)


def test_errors_without_data_are_a_result():
    result = tool_result({"data": None, "errors": [entry("BAD_USER_INPUT", "No.")]})
    assert list(result["structuredContent"]) == ["errors"]


def test_warnings_are_kept():
    warning = {"code": "STALE_DATA", "message": "Old.", "path": ["user"], "ageSeconds": 3}
    result = tool_result({"data": {}, "extensions": {"warnings": [warning]}})
    assert result["structuredContent"] == {"warnings": [{"code": "STALE_DATA", "message": "Old."}]}
    assert not result["isError"]


def test_large_result_is_refused_with_a_remedy():
    result = tool_result({"data": {"rows": ["a" * 100] * 1000}})
    (error,) = result["structuredContent"]["errors"]
    assert error["code"] == "RESULT_TOO_LARGE"
    assert "`window`" in error["message"]
    assert len(json.dumps(result)) < 1000
