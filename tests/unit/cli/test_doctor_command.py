"""The command `doctor`: its player, output and exit code."""

import json

import pytest

from gateway.__main__ import main
from gateway.cli.commands import run_sandbox
from gateway.sandbox import players


@pytest.fixture
def upstream(monkeypatch):
    with run_sandbox() as url:
        monkeypatch.setenv("GATEWAY_UPSTREAM_URL", url)
        yield


@pytest.mark.parametrize("text", ["", "0", "-1", "2.0", "0x2", "peppy", "²", "2147483648"])
def test_invalid_user_is_a_usage_error(text, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["doctor", "--user", text])
    assert exit_.value.code == 2
    assert "must be a numeric osu! user ID" in capsys.readouterr().err


@pytest.mark.usefixtures("upstream")
def test_each_endpoint_is_reported_on_one_line(capsys):
    assert main(["doctor", "--user", str(players.AMEO)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: as expected" for path in ("/bestplays", "/stats_history", "/peak", "/hiscores")
    ]


@pytest.mark.usefixtures("upstream")
def test_unknown_grade_causes_exit_code_1(capsys):
    assert main(["doctor", "--user", str(players.UNKNOWN_VALUES)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "/hiscores: `rank` has unknown grades: 'P'"


@pytest.mark.usefixtures("upstream")
def test_json_has_a_list_of_findings_per_endpoint(capsys):
    assert main(["doctor", "--json", "--user", str(players.UNKNOWN_VALUES)]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "/bestplays": [],
        "/stats_history": [],
        "/peak": [],
        "/hiscores": ["`rank` has unknown grades: 'P'"],
    }
