"""The README's tables are complete: every setting, every code, every default."""

import re
from pathlib import Path

import pytest

from gateway import errors
from gateway.__main__ import main
from gateway.cli.query import EXIT_CODES
from gateway.graph.fields import PRICES
from gateway.settings import Settings, setting_infos

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CODE = re.compile(r'"([A-Z]+(?:_[A-Z]+)+)"')
# Words in capitals in the code that are no error codes.
OTHER = {"PP_DESC", "STALE_DATA", "ROWS_DROPPED"}


def errors_of(kind):
    return {kind.code} if hasattr(kind, "code") else set()


def every_error(kind):
    return errors_of(kind).union(*map(every_error, kind.__subclasses__()))


@pytest.mark.parametrize("knob", setting_infos(Settings(_env_file=None)), ids=lambda knob: knob.variable)
def test_a_setting_stands_in_the_table_with_its_default(knob):
    default = f"`{knob.default}`" if knob.default else ""
    assert f"| `{knob.variable}` | {default} | {knob.meaning} |" in README


def test_the_table_of_commands_is_complete(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"\{([a-z,]+)\}", capsys.readouterr().out)[0].split(",")
    assert set(re.findall(r"^\| `python -m gateway (\w+)", README, re.MULTILINE)) == set(commands)


@pytest.mark.parametrize(
    "command,said",
    [
        ("serve", "until it is interrupted"),
        ("schema", "break clients"),
        ("settings", "the file .env"),
        ("doctor", "none of which can be an update"),
        ("query", "Without --url"),
    ],
)
def test_the_help_of_a_command_says_what_it_does(capsys, command, said):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert said in " ".join(capsys.readouterr().out.split("options:")[0].split())


def test_the_settings_in_the_table_of_limits_are_settings():
    named = re.findall(r"^\| [a-z]+ \| `([A-Z_]+)` \|", README, re.MULTILINE)
    assert len(named) > 5
    assert {f"GATEWAY_{name}" for name in named} <= {knob.variable for knob in setting_infos(Settings(_env_file=None))}


@pytest.mark.parametrize("page", ["README.md", "gateway/web/pages/landing.html"])
def test_the_prices_are_those_of_the_schema(page):
    prices = (
        f"{PRICES['history']} for a history, {PRICES['peak']} for a peak, {PRICES['best-plays']} for a list of best plays,"
        f" {PRICES['hiscores']} for hiscores, {PRICES['update']} for an update."
    )
    assert prices in " ".join((ROOT / page).read_text().split())


def test_the_settings_table_has_no_setting_that_is_not():
    listed = set(re.findall(r"`(GATEWAY_[A-Z_]+)`", README))
    assert listed == {knob.variable for knob in setting_infos(Settings(_env_file=None))}


@pytest.mark.parametrize("code, meaning", re.findall(r"^  (\d+) +(.+)$", EXIT_CODES, re.MULTILINE))
def test_an_exit_code_of_query_stands_in_the_table(code, meaning):
    assert f"| {code} | {meaning} |" in README


@pytest.mark.parametrize("code", sorted(every_error(errors.GatewayError)))
def test_an_error_of_ours_stands_in_the_table(code):
    assert f"| `{code}` |" in README


def test_the_codes_of_refusals_stand_in_the_table():
    places = [
        *(ROOT / "gateway/web").glob("*.py"),
        *(ROOT / "gateway/graph").glob("*.py"),
        *(ROOT / "gateway/server").glob("*.py"),
    ]
    used = {code for place in places for code in CODE.findall(place.read_text())} - OTHER
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert used - listed == set()


def test_a_refusal_that_has_a_status_of_its_own_stands_in_the_table_with_it():
    refusals = "\n".join(
        path.read_text() for place in ("web", "server") for path in (ROOT / "gateway" / place).glob("*.py")
    )
    own = set(re.findall(r'\(\s*(\d{3}),\s*"([A-Z_]+)"', refusals)) | {("404", "NOT_FOUND")}
    listed = {(status, code) for code, status in re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", README, re.MULTILINE)}
    assert own == listed


def test_nothing_stands_in_the_table_that_is_not_in_the_code():
    code = "\n".join(path.read_text() for path in (ROOT / "gateway").rglob("*.py"))
    listed = {
        name for name in re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE) if not name.startswith("GATEWAY_")
    }
    assert [name for name in listed if f'"{name}"' not in code] == []
