"""A wrong environment ends the start, and is named."""

import pytest

from gateway.__main__ import main
from gateway.settings import BadSettings, read_settings


def test_an_unknown_variable_is_named(monkeypatch):
    monkeypatch.setenv("GATEWAY_READS_PER_MINUT", "1")
    with pytest.raises(BadSettings, match="GATEWAY_READS_PER_MINUT: there is no such setting"):
        read_settings()


def test_an_unknown_variable_in_the_file_is_named(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("GATEWAY_PROT=80\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSettings, match="GATEWAY_PROT"):
        read_settings()


@pytest.mark.parametrize(
    "name,value,expected",
    [
        ("PORT", "http", "integer"),
        ("PORT", "70000", "65535"),
        ("READS_PER_MINUTE", "-1", "greater than or equal to 0"),
        ("READ_TIMEOUT_S", "0", "greater than 0"),
        ("UPSTREAM_URL", "osu", "pattern"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, nonsense", "nonsense"),
        ("HISCORES_FRESH_S", "60", "900"),
        ("ONLY_TRUSTED_DOCUMENTS", "true", "TRUSTED_DOCUMENTS"),
        ("WORKERS", "2", "GATEWAY_REDIS_URL"),
        ("REPLICAS", "2", "GATEWAY_REDIS_URL"),
        ("REDIS_URL", "memcached://there", "pattern"),
        ("TRUSTED_DOCUMENTS", "/no/such/folder", "directory"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(monkeypatch, capsys, name, value, expected):
    monkeypatch.setenv(f"GATEWAY_{name}", value)
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert expected in said


def test_a_secret_that_is_wrong_is_not_printed(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_REDIS_URL", "http://user:very-secret@there")
    assert main(["serve"]) == 2
    assert "very-secret" not in capsys.readouterr().err


@pytest.mark.parametrize("url", ["redis://:very/secret@there:6379", "redis://:secret@there/0?nonsense=1"])
def test_a_url_that_leads_to_no_redis_ends_the_start_and_is_not_printed(monkeypatch, capsys, url):
    monkeypatch.setenv("GATEWAY_REDIS_URL", url)
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert "GATEWAY_REDIS_URL" in said
    assert [word for word in ("very", "secret", "Traceback") if word in said] == []


def test_a_list_is_separated_by_commas(monkeypatch):
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", "https://a.example, https://b.example")
    assert read_settings().cors_origins == ("https://a.example", "https://b.example")


def test_every_setting_is_printed_with_where_it_is_from_and_secrets_are_not(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_UPDATE_TOKENS", "very-secret")
    monkeypatch.setenv("GATEWAY_REDIS_URL", "redis://user:very-secret@there")
    assert main(["settings"]) == 0
    said = capsys.readouterr().out
    assert "GATEWAY_UPDATE_TOKENS=(hidden)" in said
    assert "From: environment." in said
    assert "How long an operation may take as a whole. Default: 20 s. From: default." in said
    assert "very-secret" not in said
