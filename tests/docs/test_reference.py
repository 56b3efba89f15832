"""The documentation lists every command, limit and price, and no unknown setting. `test_tables.py` has the rest."""

import re

import pytest

from gateway.__main__ import main
from gateway.cli.setting_infos import setting_infos
from gateway.graph.fields import PRICES
from gateway.settings import Settings
from tests.support.processes import ROOT

OPERATIONS = (ROOT / "docs/operations.md").read_text()
QUERY_TOKEN = "GATEWAY_QUERY_TOKEN"
VARIABLES = {QUERY_TOKEN, *(info.variable for info in setting_infos(Settings(_env_file=None)))}


def test_every_command_is_documented(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"\{([a-z,]+)\}", capsys.readouterr().out)[0].split(",")
    assert set(re.findall(r"^\| `python -m gateway (\w+)", OPERATIONS, re.MULTILINE)) == set(commands)


@pytest.mark.parametrize(
    "command,sentence",
    [
        ("serve", "until interrupted"),
        ("schema", "break clients"),
        ("settings", "the file .env"),
        ("doctor", "None of the reads can start an update"),
        ("query", "Without --url"),
    ],
)
def test_command_help_describes_the_command(capsys, command, sentence):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert sentence in " ".join(capsys.readouterr().out.split("options:")[0].split())


def test_limits_name_existing_settings():
    named = re.findall(r"^\| [a-z]+ \| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE)
    assert len(named) > 5
    assert {f"GATEWAY_{name}" for name in named} <= VARIABLES


@pytest.mark.parametrize("page", ["docs/getting-started.md", "docs/operations.md", "gateway/web/pages/landing.html"])
def test_prices_equal_the_schema(page):
    prices = (
        f"{PRICES['history']} for a history, {PRICES['peak']} for a peak, {PRICES['best-plays']} for a list of best plays,"
        f" {PRICES['hiscores']} for hiscores, {PRICES['name']} for a name, {PRICES['update']} for an update."
    )
    assert prices in " ".join((ROOT / page).read_text().split())


PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("examples/*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_names_existing_settings_only(page):
    named = set(re.findall(r"\b(GATEWAY_[A-Z_]+)\b", page.read_text()))
    assert named - VARIABLES == set()
