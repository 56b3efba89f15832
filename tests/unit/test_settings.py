"""Invalid settings stop the start with a message that names them."""

import signal
from collections.abc import Iterator

import pytest

from gateway.__main__ import main
from gateway.cli.process import IGNORED_SIGNALS
from gateway.settings import BadSettings, read_query_settings, read_settings


@pytest.fixture(autouse=True)
def signal_handlers() -> Iterator[None]:
    """The handlers of the test process, restored after `serve` has replaced them."""
    numbers = (signal.SIGTERM, *IGNORED_SIGNALS)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_unknown_variable_is_named(monkeypatch):
    monkeypatch.setenv("GATEWAY_READS_PER_MINUT", "1")
    with pytest.raises(BadSettings, match="GATEWAY_READS_PER_MINUT: unknown setting"):
        read_settings()


def test_unknown_variable_in_env_file_is_named(monkeypatch, tmp_path):
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
        ("NAMES_URL", "osu-api-bridge", "pattern"),
        ("NAMES_PER_MINUTE", "-1", "greater than or equal to 0"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, nonsense", "nonsense"),
        ("HISCORES_FRESH_S", "60", "900"),
        ("ONLY_TRUSTED_DOCUMENTS", "true", "TRUSTED_DOCUMENTS"),
        ("WORKERS", "2", "GATEWAY_REDIS_URL"),
        ("REPLICAS", "2", "GATEWAY_REDIS_URL"),
        ("REDIS_URL", "memcached://host", "pattern"),
        ("UPDATE_TOKENS", "valid, pässword", "printable ASCII"),
        ("UPDATE_TOKENS", "a\tb", "printable ASCII"),
        ("TRUSTED_DOCUMENTS", "/no/such/folder", "does not point to"),
    ],
)
def test_invalid_value_is_named_with_the_expectation(monkeypatch, capsys, name, value, expected):
    monkeypatch.setenv(f"GATEWAY_{name}", value)
    assert main(["serve"]) == 2
    output = capsys.readouterr().err
    assert name in output
    assert expected in output


def test_empty_names_url_disables_lookups(monkeypatch):
    monkeypatch.setenv("GATEWAY_NAMES_URL", "")
    assert read_settings().names_url is None


def test_invalid_secret_is_not_printed(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_REDIS_URL", "http://user:very-secret@host")
    assert main(["serve"]) == 2
    assert "very-secret" not in capsys.readouterr().err


@pytest.mark.parametrize("url", ["redis://:very/secret@host:6379", "redis://:secret@host/0?nonsense=1"])
def test_invalid_redis_url_is_named_but_not_printed(monkeypatch, capsys, url):
    monkeypatch.setenv("GATEWAY_REDIS_URL", url)
    assert main(["serve"]) == 2
    output = capsys.readouterr().err
    assert "GATEWAY_REDIS_URL" in output
    assert [word for word in ("very", "secret", "Traceback") if word in output] == []


def test_invalid_query_token_is_named_but_not_printed(monkeypatch, capsys, tmp_path):
    document = tmp_path / "document.graphql"
    document.write_text("{ __typename }")
    monkeypatch.setenv("GATEWAY_QUERY_TOKEN", "sécret")
    assert main(["query", str(document), "--sandbox"]) == 2
    output = capsys.readouterr().err
    assert "GATEWAY_QUERY_TOKEN: " in output
    assert "cret" not in output


def test_list_is_separated_by_commas(monkeypatch):
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", "https://a.example, https://b.example")
    assert read_settings().cors_origins == ("https://a.example", "https://b.example")


def test_settings_are_printed_with_source_and_without_secrets(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_UPDATE_TOKENS", "very-secret")
    monkeypatch.setenv("GATEWAY_REDIS_URL", "redis://user:very-secret@host")
    assert main(["settings"]) == 0
    output = capsys.readouterr().out
    assert "GATEWAY_UPDATE_TOKENS=(hidden)" in output
    assert "Source: environment." in output
    assert "Timeout for a whole operation. Default: 20 s. Source: default." in output
    assert "very-secret" not in output


def test_serve_accepts_the_token_of_query(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("GATEWAY_QUERY_TOKEN=secret\n")
    monkeypatch.chdir(tmp_path)
    read_settings()
    assert read_query_settings().token == "secret"
