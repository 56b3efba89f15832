"""Invalid settings stop the start with a message that names them."""

import signal
from collections.abc import Iterator

import pytest

from gateway.__main__ import main
from gateway.cli.process import IGNORED_SIGNALS
from gateway.cli.setting_infos import setting_infos
from gateway.setting_sources import read_query_settings, read_settings
from gateway.setting_types import secret
from gateway.settings import BadSettings, Settings


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


@pytest.mark.parametrize(
    "wrong,right",
    [
        ("GATEWAY_READS_PER_MINUT", "READS_PER_MINUTE"),
        ("GATEWAY_UPDATE_TOKEN", "UPDATE_TOKENS"),
        ("gateway_trusted_proxy", "TRUSTED_PROXIES"),
        ("GATEWAY_QUERY_TOKN", "QUERY_TOKEN"),
    ],
)
def test_misspelt_variable_has_a_suggestion(monkeypatch, wrong, right):
    monkeypatch.setenv(wrong, "1")
    with pytest.raises(BadSettings, match=f"{wrong}: unknown setting; did you mean GATEWAY_{right}\\?$"):
        read_settings()


def test_unlike_variable_has_no_suggestion(monkeypatch):
    monkeypatch.setenv("GATEWAY_ZZZZZZZZZZZZ", "1")
    with pytest.raises(BadSettings, match=r"unknown setting$"):
        read_settings()


@pytest.mark.parametrize(
    "variable,value",
    [("STATE_DIR", "/dev/null/state"), ("STATE_DIR", "/dev/null"), ("REDIS_URL", "redis://localhost/?unknown=1")],
)
def test_settings_reports_the_problems_of_serve(monkeypatch, capsys, variable, value):
    monkeypatch.setenv(f"GATEWAY_{variable}", value)
    assert main(["settings"]) == 2
    assert f"GATEWAY_{variable}: " in capsys.readouterr().err


def test_settings_changes_no_state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("GATEWAY_STATE_DIR", str(tmp_path / "new" / "state"))
    assert main(["settings"]) == 0
    assert list(tmp_path.iterdir()) == []


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
        ("READ_TIMEOUT_S", "inf", "finite"),
        ("READ_TIMEOUT_S", "1e300", "1000000000"),
        ("STALE_S", "9" * 30, "1000000000"),
        ("UPDATE_COOLDOWN_S", "nan", "finite"),
        ("UPSTREAM_URL", "osu", "http://"),
        ("UPSTREAM_URL", "http://", "http://"),
        ("UPSTREAM_URL", "ftp://host", "http://"),
        ("UPSTREAM_URL", "http://host:port", "http://"),
        ("UPSTREAM_URL", "http://host:99999", "http://"),
        ("UPSTREAM_URL", "http://[::1", "http://"),
        ("UPSTREAM_URL", "http://*", "a host"),
        ("UPSTREAM_URL", "http://a..b", "a host"),
        ("UPSTREAM_URL", "http://" + "a" * 64, "a host"),
        ("UPSTREAM_URL", "http://host name", "ASCII"),
        ("UPSTREAM_URL", "http://hö.example", "ASCII"),
        ("UPSTREAM_URL", "http://host/\n/path", "ASCII"),
        ("UPSTREAM_URL", "http://host/?a=b", "query"),
        ("UPSTREAM_URL", "http://host/#part", "http://"),
        ("UPSTREAM_URL", "http://user:password@host", "credentials"),
        ("UPSTREAM_PROXY", "host:3128", "http://"),
        ("UPSTREAM_PROXY", "http://host:x", "http://"),
        ("UPSTREAM_PROXY", "http://host:3128/path", "without a path"),
        ("SECURITY_CONTACT", "me@example.org", "mailto:"),
        ("CONTACT", "Jürgen <me@example.org>", "ASCII"),
        ("CONTACT", "me\nX-Header: x", "ASCII"),
        ("CORS_ORIGINS", "https://a.example/path", "origin"),
        ("CORS_ORIGINS", "https://*.example.org", "origin"),
        ("CORS_ORIGINS", "example.org", "origin"),
        ("CORS_ORIGINS", "https://", "origin"),
        ("CORS_ORIGINS", "https://a b", "origin"),
        ("CORS_ORIGINS", "https://127.1", "origin"),
        ("CORS_ORIGINS", "https://0x7f.0x1", "origin"),
        ("CORS_ORIGINS", "https://a.example;b.example", "origin"),
        ("CORS_ORIGINS", "https://a%20b", "origin"),
        ("CORS_ORIGINS", ",", "comma"),
        ("UPDATE_TOKENS", " , ,", "comma"),
        ("CORS_ORIGINS", "https://user@a.example", "origin"),
        ("CORS_ORIGINS", "https://a.example:x", "origin"),
        ("HOST", "localhost:8000", "HOST"),
        ("HOST", "http://localhost", "HOST"),
        ("HOST", "my host", "without a port"),
        ("HOST", "*", "without a port"),
        ("NAMES_URL", "osu-api-bridge", "http://"),
        ("NAMES_PER_MINUTE", "-1", "greater than or equal to 0"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, nonsense", "nonsense"),
        ("HISCORES_FRESH_S", "60", "900"),
        ("ONLY_TRUSTED_DOCUMENTS", "true", "TRUSTED_DOCUMENTS"),
        ("WORKERS", "2", "GATEWAY_REDIS_URL"),
        ("REPLICAS", "2", "GATEWAY_REDIS_URL"),
        ("REDIS_URL", "memcached://host", "redis://"),
        ("REDIS_URL", "redis://host:port", "redis://"),
        ("REDIS_URL", "redis://host/name", "database number"),
        ("UPDATE_TOKENS", "a-valid-long-token, pässword", "ASCII"),
        ("UPDATE_TOKENS", "a-token-with-a\ttab", "without spaces"),
        ("UPDATE_TOKENS", "a token with spaces", "without spaces"),
        ("UPDATE_TOKENS", "fifteen-letters", "at least 16 characters"),
        ("PURGE_URL", "https://edge.example/purge", "requires GATEWAY_PURGE_KIND"),
        ("PURGE_URL", "edge.example", "http://"),
        ("PURGE_URL", "https://edge.example/?token=a", "without a query"),
        ("PURGE_URL", "https://token@edge.example", "credentials"),
        ("PURGE_KIND", "akamai", "'cloudflare', 'fastly' or 'varnish'"),
        ("PURGE_KIND", "varnish", "require GATEWAY_PURGE_URL"),
        ("PURGE_TOKEN", "token", "require GATEWAY_PURGE_URL"),
        ("TRUSTED_DOCUMENTS", "/no/such/folder", "does not point to"),
    ],
)
def test_invalid_value_is_named_with_the_expectation(monkeypatch, capfd, name, value, expected):
    monkeypatch.setenv(f"GATEWAY_{name}", value)
    assert main(["serve"]) == 2
    output = capfd.readouterr().err
    assert name in output
    assert expected in output


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_empty_values_are_unset(monkeypatch, empty):
    for info in setting_infos(Settings(_env_file=None)):
        monkeypatch.setenv(info.variable, empty)
    monkeypatch.setenv("GATEWAY_QUERY_TOKEN", empty)
    assert read_settings() == Settings(_env_file=None)
    assert read_query_settings().token is None
    assert {info.source for info in setting_infos(read_settings())} == {"default"}


@pytest.mark.parametrize(
    "name, value, corrected",
    [
        ("PORT", " 80\n", 80),
        ("ACCESS_LOG", "false\n", False),
        ("LOG_FORMAT", "json\r\n", "json"),
        ("CONTACT", "me@example.org\n", "me@example.org"),
        ("UPSTREAM_URL", "https://host/path/\n", "https://host/path"),
        ("NAMES_URL", "http://[::1]:80/", "http://[::1]"),
        ("NAMES_URL", "HTTP://Host.example./a/?#", "http://host.example./a"),
        ("HOST", "[::1]", "::1"),
        ("HOST", "0:0:0:0:0:0:0:0", "::"),
        ("HOST", "localhost\n", "localhost"),
        ("CORS_ORIGINS", "https://A.example/,HTTPS://b.example:443\n", ("https://a.example", "https://b.example")),
        ("CORS_ORIGINS", "http://a.example:443,http://[::1]:80", ("http://a.example:443", "http://[::1]")),
        ("CORS_ORIGINS", "https://bücher.example, null", ("https://xn--bcher-kva.example", "null")),
        ("CORS_ORIGINS", "capacitor://localhost", ("capacitor://localhost",)),
        ("CORS_ORIGINS", "https://a.example?,https://b.example:,", ("https://a.example", "https://b.example")),
        ("CORS_ORIGINS", "https://[0:0::1]", ("https://[::1]",)),
        ("TRUSTED_PROXIES", "::ffff:10.0.0.0/104, ::1", ("10.0.0.0/8", "::1/128")),
    ],
)
def test_value_is_corrected(monkeypatch, name, value, corrected):
    monkeypatch.setenv(f"GATEWAY_{name}", value)
    assert getattr(read_settings(), name.lower()) == corrected


def test_surrounding_space_of_secrets_is_removed(monkeypatch):
    monkeypatch.setenv("GATEWAY_REDIS_URL", "redis://host\n")
    monkeypatch.setenv("GATEWAY_UPDATE_TOKENS", "the-first-token-1 , the-second-token\n")
    monkeypatch.setenv("GATEWAY_QUERY_TOKEN", "token\n")
    settings = read_settings()
    assert secret(settings.redis_url) == "redis://host"
    assert [secret(token) for token in settings.update_tokens] == ["the-first-token-1", "the-second-token"]
    assert secret(read_query_settings().token) == "token"


SECRET_VALUES = {
    "REDIS_URL": "redis://:hush@host",
    "UPDATE_TOKENS": "hush-hush-hush-hush",
    "UPSTREAM_PROXY": "http://user:hush@host",
    "PURGE_TOKEN": "hush",
}


def set_secrets(monkeypatch):
    purges = {"PURGE_URL": "https://edge.example", "PURGE_KIND": "fastly"}
    for name, value in (SECRET_VALUES | purges).items():
        monkeypatch.setenv(f"GATEWAY_{name}", value)


def test_secrets_are_in_no_text(monkeypatch):
    set_secrets(monkeypatch)
    assert "hush" not in repr(read_settings()) + str(read_settings()) + str(setting_infos(read_settings()))


ENVIRONMENT = {
    "CONTACT": 'it\'s \\ "me" # <me@example.org> $HOME ${HOME}',
    "HISTORY_FRESH_S": "1234567.875",
    "CACHE_MAX_BYTES": "268435457",
    "CORS_ORIGINS": "https://a.example,https://b.example",
    "TRUSTED_PROXIES": "10.0.0.0/8,::1/128",
    "ACCESS_LOG": "false",
    "SECURITY_CONTACT": "mailto:me@example.org",
}


def test_printed_settings_are_an_env_file(monkeypatch, capsys, tmp_path):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(f"GATEWAY_{name}", value)
    expected = read_settings()
    assert main(["settings"]) == 0
    (tmp_path / ".env").write_text(capsys.readouterr().out)
    monkeypatch.chdir(tmp_path)
    for name in ENVIRONMENT:
        monkeypatch.delenv(f"GATEWAY_{name}")
    assert read_settings() == expected


@pytest.mark.parametrize("kind", ["cloudflare", "fastly"])
def test_purges_of_a_service_need_a_token(monkeypatch, kind):
    monkeypatch.setenv("GATEWAY_PURGE_URL", "https://edge.example")
    monkeypatch.setenv("GATEWAY_PURGE_KIND", kind)
    with pytest.raises(BadSettings, match=f"GATEWAY_PURGE_KIND={kind} requires GATEWAY_PURGE_TOKEN"):
        read_settings()


def test_printed_secrets_are_comments(monkeypatch, capsys, tmp_path):
    set_secrets(monkeypatch)
    assert main(["settings"]) == 0
    output = capsys.readouterr().out
    assert [line for line in output.splitlines() if "hush" in line] == []
    for name in SECRET_VALUES:
        assert f"# GATEWAY_{name}: set, hidden" in output


def test_env_file_that_is_no_text_is_named(monkeypatch, capfd, tmp_path):
    (tmp_path / ".env").write_bytes(b"GATEWAY_CONTACT=\xff\n")
    monkeypatch.chdir(tmp_path)
    assert main(["serve"]) == 2
    assert ".env: " in capfd.readouterr().err


@pytest.mark.parametrize("name", ["REDIS_URL", "UPSTREAM_URL", "NAMES_URL", "CORS_ORIGINS"])
def test_invalid_secret_is_not_printed(monkeypatch, capfd, name):
    monkeypatch.setenv(f"GATEWAY_{name}", "http://user:very-secret@host")
    assert main(["serve"]) == 2
    assert "very-secret" not in capfd.readouterr().err


@pytest.mark.parametrize("url", ["redis://:very/secret@host:6379", "redis://:secret@host/0?nonsense=1"])
def test_invalid_redis_url_is_named_but_not_printed(monkeypatch, capfd, url):
    monkeypatch.setenv("GATEWAY_REDIS_URL", url)
    assert main(["serve"]) == 2
    output = capfd.readouterr().err
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
    monkeypatch.setenv("GATEWAY_UPDATE_TOKENS", "a-very-secret-token")
    monkeypatch.setenv("GATEWAY_REDIS_URL", "redis://user:very-secret@host")
    assert main(["settings"]) == 0
    output = capsys.readouterr().out
    assert "# GATEWAY_UPDATE_TOKENS: set, hidden" in output
    assert "Source: environment." in output
    assert "Timeout for a whole operation. Default: 20 s. Source: default." in output
    assert "very-secret" not in output


def test_serve_accepts_the_token_of_query(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("GATEWAY_QUERY_TOKEN=secret\n")
    monkeypatch.chdir(tmp_path)
    read_settings()
    assert secret(read_query_settings().token) == "secret"


def test_missing_documents_are_one_line(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_TRUSTED_DOCUMENTS", "/no/such/folder")
    assert main(["settings"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "does not point to a file or a folder (got '/no/such/folder')" in line
