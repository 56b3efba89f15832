"""Risky settings: recognised by `serve`, `settings` and `doctor`, and only where osu!track itself is reached."""

import pytest

from gateway.__main__ import main
from gateway.cli.commands import sandbox_settings
from gateway.cli.setting_risks import setting_risks
from gateway.settings import Settings
from gateway.upstream_settings import OSUTRACK_URL

CONTACT = {"contact": "me@gateway.dev"}
RISKY = [
    ("contact", "", "not set"),
    ("contact", "you@example.org", "placeholder"),
    ("contact", "https://www.example.com/contact", "placeholder"),
    ("reads_per_minute", "0", "0 means no limit; osu!track permits 600 a minute"),
    ("reads_per_minute", "601", "601 is above osu!track's limit"),
    ("hiscores_per_minute", "0", "0 means no limit"),
    ("hiscores_per_minute", "60000", "60000 is above osu!track's limit"),
    ("updates_per_minute", "0", "to switch updates off, set GATEWAY_UPDATES=false"),
    ("updates_per_minute", "6", "osu!track permits 5 a minute"),
    ("update_cooldown_s", "899", "899 s is too short"),
    ("update_cooldown_s", "0", "0 s is too short"),
    ("trusted_proxies", "10.0.0.0/8,0.0.0.0/0", "0.0.0.0/0 trusts everyone"),
    ("trusted_proxies", "::/0", "::/0 trusts everyone"),
]
SAFE = {"reads_per_minute": "600", "updates_per_minute": "5", "update_cooldown_s": "900"}


def risks(**values):
    return setting_risks(Settings(_env_file=None, **CONTACT | values))


@pytest.mark.parametrize("name, value, warning", RISKY)
def test_risky_setting_is_named_with_its_consequence(name, value, warning):
    [risk] = risks(**{name: value})
    assert risk.variable == f"GATEWAY_{name.upper()}"
    assert warning in risk.warning


def test_published_limits_and_defaults_are_no_risk():
    assert risks() == risks(**SAFE) == []


def test_unlimited_names_service_is_a_risk():
    [risk] = risks(names_url="https://osu-api-bridge.ameo.dev", names_per_minute="0")
    assert risk.variable == "GATEWAY_NAMES_PER_MINUTE"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
def test_local_upstream_has_no_limits_to_respect(url):
    assert risks(upstream_url=url, updates_per_minute="0", update_cooldown_s="1", contact="") == []


def test_sandbox_has_no_limits_to_respect():
    settings = Settings(_env_file=None, updates_per_minute=0)
    assert setting_risks(settings.model_copy(update=sandbox_settings("http://127.0.0.1:1"))) == []


def test_settings_command_shows_the_warning_at_the_setting(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_UPDATES_PER_MINUTE", "600")
    monkeypatch.setenv("GATEWAY_UPSTREAM_URL", OSUTRACK_URL)
    assert main(["settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("GATEWAY_UPDATES_PER_MINUTE=600") - 1].startswith("# Warning: 600 is above")
