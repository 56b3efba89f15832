"""The types of settings: each value is corrected, or refused, by the rules of its use."""

from ipaddress import IPv6Address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

DEFAULT_PORTS = {"http": 80, "https": 443}
# Longer durations, and infinite ones, have no representation in Redis.
MAX_S = 10**9

Positive = Annotated[float, Field(gt=0, le=MAX_S, allow_inf_nan=False)]
Seconds = Annotated[int, Field(ge=0, le=MAX_S)]
Count = Annotated[int, Field(ge=1)]
Rate = Annotated[int, Field(ge=0)]


def secret(value: SecretStr | None) -> str | None:
    """The text of a secret setting."""
    return None if value is None else value.get_secret_value()


def _header_value(value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise ValueError("must be printable ASCII, because it is sent in a header")
    return value


def _parts(value: str, *schemes: str) -> SplitResult:
    """The parts of a URL; raises `ValueError` with a message that does not contain the value."""
    expected = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(value)
        is_valid = bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        is_valid = False
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ValueError("must be ASCII without spaces: write other characters as %XX, a host as xn--…")
    if not is_valid or parts.scheme not in schemes:
        raise ValueError(f"must be a URL: {expected}, a host, and optionally a port")
    return parts


def _service_url(value: str) -> str:
    parts = _parts(value, "http", "https")
    if parts.query or parts.username is not None:
        raise ValueError("must be a URL without a query and without credentials")
    return value.rstrip("/")


def _origin(value: str) -> str:
    """As browsers send it: in lower case, in ASCII, without a path and without the scheme's own port."""
    if value in {"*", "null"}:
        return value
    scheme, separator, rest = value.rstrip("/").lower().partition("://")
    try:
        host = rest.encode("idna").decode()
        parts = _parts(f"{scheme}{separator}{host}", scheme)
    except ValueError as exc:
        raise ValueError("must be an origin, such as https://example.org") from exc
    if parts.path or parts.query or parts.username is not None or "*" in host:
        raise ValueError("must be an origin without a path or wildcard, such as https://example.org")
    if parts.port is not None and parts.port == DEFAULT_PORTS.get(scheme):
        host = host.rpartition(":")[0]
    return f"{scheme}://{host}"


def _host(value: str) -> str:
    host = value.removeprefix("[").removesuffix("]")
    if ":" in host:
        IPv6Address(host)
    elif not host.isascii() or not host.isprintable() or set(host) & set(" /"):
        raise ValueError("must be an address or a host name, without a port")
    return host


def _secret_url(*schemes: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str):
            _parts(value, *schemes)
        return value

    return BeforeValidator(check)


def _check_token(value: object) -> object:
    return _header_value(value) if isinstance(value, str) else value


HeaderValue = Annotated[str, AfterValidator(_header_value)]
Host = Annotated[str, AfterValidator(_host)]
Origin = Annotated[str, AfterValidator(_origin)]
ServiceURL = Annotated[str, AfterValidator(_service_url)]
ProxyURL = Annotated[SecretStr, _secret_url("http", "https", "socks5", "socks5h")]
RedisURL = Annotated[SecretStr, _secret_url("redis", "rediss")]
Token = Annotated[SecretStr, BeforeValidator(_check_token)]
