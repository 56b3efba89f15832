"""`gateway query` in process, over the sandbox: what it prints, where, and its exit code."""

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
    """The exit code, standard output and standard error of a query over the sandbox."""

    def run(text, *arguments):
        file = tmp_path / "operation.graphql"
        file.write_text(text)
        code = main(["query", str(file), *(arguments or ["--sandbox"])])
        return code, *capsys.readouterr()

    return run


def test_the_answer_is_printed_as_json_for_people_to_read(query):
    code, out, err = query(OTHER, "--sandbox")
    assert (code, err) == (0, "")
    assert out.startswith('{\n  "data": {\n    "status": {')
    assert json.loads(out)["extensions"]["cost"] == {"requested": 0, "charged": 0}


def test_compact_is_one_line(query):
    _, out, _ = query(OTHER, "--sandbox", "--compact")
    assert out.count("\n") == 1
    assert json.loads(out)["data"]["status"]["version"]


def test_a_document_comes_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(OTHER))
    assert main(["query", "-", "--sandbox"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["status"]


def test_the_operation_is_chosen_by_its_name(query):
    code, out, _ = query(f"{LATEST} {OTHER}", "--sandbox", "--operation", "Other")
    assert (code, list(json.loads(out)["data"])) == (0, ["status"])


def test_flags_count_more_than_the_json(query):
    _, out, _ = query(LATEST, "--sandbox", "--variables", '{"id": "2", "mode": "MANIA"}', "--var", "mode=TAIKO")
    stats = json.loads(out)["data"]["user"]["stats"]
    assert stats["mode"] == "TAIKO"
    assert stats["latest"]["pp"] > 0


def test_variables_come_from_a_file(query, tmp_path):
    (tmp_path / "variables.json").write_text('{"id": 2}')
    assert query(LATEST, "--sandbox", "--variables", f"@{tmp_path}/variables.json")[0] == 0


def test_an_answer_with_errors_is_printed_and_told_and_exits_with_1(query):
    code, out, err = query('{ status { version } user(id: "nobody") { stats { latest { pp } } } }')
    assert code == 1
    assert json.loads(out)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert err.startswith("error: user: ")
    assert err.endswith("(BAD_USER_INPUT)\n")


def test_a_refused_operation_exits_with_1_and_prints_no_table(query):
    code, out, err = query("{ nothing }", "--sandbox", "--table")
    assert (code, out) == (1, "")
    assert "(GRAPHQL_VALIDATION_FAILED)" in err


def test_a_table_is_for_people(query):
    code, out, err = query(LATEST, "--sandbox", "--var", "id=2", "--table")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "user.stats.mode       OSU"


def test_whoever_has_the_settings_needs_no_token(query, monkeypatch):
    monkeypatch.setenv("GATEWAY_UPDATE_TOKENS", "secret")
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
            "--operation must be one of the document's operations: none with a name",
        ),
        (LATEST, [], "the variable $id: ID! is missing: --var id=..."),
        (LATEST, ["--var", "id"], "--var id: give it as NAME=VALUE"),
        (LATEST, ["--var", "user=2"], "--var user: the operation has no such variable, but $id: ID!, $mode: GameMode!"),
        (OTHER, ["--var", "user=2"], "--var user: the operation has no such variable, but none"),
        (LATEST, ["--var", "id=2", "--var", "id=3"], "--var id: it is no list, so give it once"),
        (LATEST, ["--variables", "[]"], "--variables must be a JSON object"),
        (LATEST, ["--variables", "@missing.json"], "--variables must be a JSON object, or @ and a file that has one"),
        (OTHER, ["--url", "127.0.0.1:8000"], "--url 127.0.0.1:8000: it must be like http://127.0.0.1:8000"),
        (OTHER, ["--url", "http://host:port"], "--url http://host:port: "),
    ],
)
def test_a_wrong_call_is_told_and_exits_with_2(query, text, arguments, reason):
    code, out, err = query(text, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {reason}")


def test_a_file_that_is_missing_exits_with_2(capsys):
    assert main(["query", "missing.graphql"]) == 2
    assert capsys.readouterr().err == "error: missing.graphql: No such file or directory\n"


def test_a_file_that_is_no_text_exits_with_2(tmp_path, capsys):
    (tmp_path / "picture").write_bytes(b"\x89PNG")
    assert main(["query", str(tmp_path / "picture")]) == 2
    assert "it is not text in UTF-8" in capsys.readouterr().err


def test_a_wrong_setting_exits_with_2(query, monkeypatch):
    monkeypatch.setenv("GATEWAY_PORT", "many")
    code, _, err = query(OTHER)
    assert code == 2
    assert "GATEWAY_PORT" in err


def test_an_option_that_is_none_exits_with_2(query):
    with pytest.raises(SystemExit) as left:
        query(OTHER, "--sandbox", "--url", "http://127.0.0.1:8000")
    assert left.value.code == 2
