"""The README's tables are complete: every setting, every code, every default."""

import re
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.cli.query import EXIT_CODES
from gateway.errors import CODES
from gateway.graph.fields import PRICES
from gateway.settings import Settings, setting_infos

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


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


@pytest.mark.parametrize("code, info", CODES.items())
def test_error_table_has_every_code(code, info):
    status = f"{info.status} / {info.json_status}" if info.json_status else info.status
    assert f"| `{code}` | {status} | {'yes' if info.retryable else 'no'} | {info.meaning} |" in README


def test_error_table_has_only_existing_codes():
    assert set(re.findall(r"^\| `([A-Z_]+)` \| \d", README, re.MULTILINE)) == CODES.keys()
