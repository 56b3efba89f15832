"""`gateway query` with a gateway in process over the sandbox: its output and exit codes."""

import io
import json

import pytest

from gateway.__main__ import main

LATEST = (
    "query Latest($id: ID!, $mode: GameMode! = OSU) { user(id: $id) { stats(mode: $mode) { mode latest { pp } } } }"
)
OTHER = "query Other { status { version } }"
UPDATE = "mutation { updateUser(id: 131464) { __typename } }"


@pytest.fixture
def query(tmp_path, capsys):
    """Run a query over the sandbox; returns its exit code, stdout and stderr."""

    def run(text, *arguments):
        file = tmp_path / "operation.graphql"
        file.write_text(text)
        code = main(["query", str(file), *(arguments or ["--sandbox"])])
        return code, *capsys.readouterr()

    return run


def test_response_is_printed_as_indented_json(query):
    code, out, err = query(OTHER, "--sandbox")
    assert (code, err) == (0, "")
    assert out.startswith('{\n  "data": {\n    "status": {')
    assert json.loads(out)["extensions"]["cost"] == {"requested": 0, "charged": 0}


def test_compact_output_is_one_line(query):
    _, out, _ = query(OTHER, "--sandbox", "--compact")
    assert out.count("\n") == 1
    assert json.loads(out)["data"]["status"]["version"]


def test_sandbox_has_a_names_service(query):
    code, out, _ = query('{ userByName(username: "AMEO") { id username } }', "--sandbox", "--compact")

    assert code == 0
    assert '{"userByName":{"id":"131464","username":"ameo"}}' in out


def test_document_is_read_from_stdin(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(OTHER))
    assert main(["query", "-", "--sandbox"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["status"]


def test_operation_is_selected_by_name(query):
    code, out, _ = query(f"{LATEST} {OTHER}", "--sandbox", "--operation", "Other")
    assert (code, list(json.loads(out)["data"])) == (0, ["status"])


def test_var_flags_override_the_json_variables(query):
    _, out, _ = query(LATEST, "--sandbox", "--variables", '{"id": "2", "mode": "MANIA"}', "--var", "mode=TAIKO")
    stats = json.loads(out)["data"]["user"]["stats"]
    assert stats["mode"] == "TAIKO"
    assert stats["latest"]["pp"] > 0


def test_variables_are_read_from_a_file(query, tmp_path):
    (tmp_path / "variables.json").write_text('{"id": 2}')
    assert query(LATEST, "--sandbox", "--variables", f"@{tmp_path}/variables.json")[0] == 0


def test_response_with_errors_exits_with_1(query):
    code, out, err = query('{ status { version } user(id: "nobody") { stats { latest { pp } } } }')
    assert code == 1
    assert json.loads(out)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert err.startswith("error: user: ")
    assert err.endswith("(BAD_USER_INPUT)\n")


def test_response_without_data_prints_no_table(query):
    code, out, err = query("{ nothing }", "--sandbox", "--table")
    assert (code, out) == (1, "")
    assert "(GRAPHQL_VALIDATION_FAILED)" in err


def test_table_is_printed(query):
    code, out, err = query(LATEST, "--sandbox", "--var", "id=2", "--table")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "user.stats.mode       OSU"


def test_update_in_process_needs_no_token(query, monkeypatch):
    monkeypatch.setenv("GATEWAY_UPDATE_TOKENS", "a-secret-of-enough-characters")
    code, out, _ = query(UPDATE)
    assert (code, json.loads(out)["data"]) == (0, {"updateUser": {"__typename": "UpdateUserSuccess"}})


@pytest.mark.parametrize(
    "text,arguments,reason",
    [
        ("{ user(id: 2) {", [], "Syntax Error"),
        (f"{LATEST} {OTHER}", [], "--operation must be one of the document's operations: Latest, Other"),
        (OTHER, ["--operation", "Missing"], "--operation must be one of the document's operations: Other"),
        (
            "fragment Unused on User { id }",
            [],
            "--operation must be one of the document's operations: none has a name",
        ),
        (LATEST, [], "missing variable $id: ID!: use --var id=..."),
        (LATEST, ["--var", "id"], "--var id: expected NAME=VALUE"),
        (
            LATEST,
            ["--var", "user=2"],
            "--var user: unknown variable; the operation declares $id: ID!, $mode: GameMode!",
        ),
        (OTHER, ["--var", "user=2"], "--var user: unknown variable; the operation declares no variables"),
        (LATEST, ["--var", "id=2", "--var", "id=3"], "--var id: the variable is not a list; specify it once"),
        (LATEST, ["--variables", "[]"], "--variables must be a JSON object"),
        (LATEST, ["--variables", "@missing.json"], "--variables must be a JSON object, or @FILE with one"),
        (
            OTHER,
            ["--url", "127.0.0.1:8000"],
            "--url 127.0.0.1:8000: expected an HTTP URL such as http://127.0.0.1:8000",
        ),
        (OTHER, ["--url", "http://host:port"], "--url http://host:port: "),
    ],
)
def test_usage_error_is_printed_and_exits_with_2(query, text, arguments, reason):
    code, out, err = query(text, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {reason}")


def test_missing_file_exits_with_2(capsys):
    assert main(["query", "missing.graphql"]) == 2
    assert capsys.readouterr().err == "error: missing.graphql: No such file or directory\n"


def test_binary_file_exits_with_2(tmp_path, capsys):
    (tmp_path / "picture").write_bytes(b"\x89PNG")
    assert main(["query", str(tmp_path / "picture")]) == 2
    assert "not valid UTF-8 text" in capsys.readouterr().err


def test_invalid_setting_exits_with_2(query, monkeypatch):
    monkeypatch.setenv("GATEWAY_PORT", "many")
    code, _, err = query(OTHER)
    assert code == 2
    assert "GATEWAY_PORT" in err


def test_exclusive_options_exit_with_2(query):
    with pytest.raises(SystemExit) as exit_info:
        query(OTHER, "--sandbox", "--url", "http://127.0.0.1:8000")
    assert exit_info.value.code == 2
