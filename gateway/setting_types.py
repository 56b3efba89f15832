"""The types of settings: each value is corrected, or refused, by the rules of its use."""

import re
import ssl
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode

T = TypeVar("T")

DEFAULT_PORTS = {"http": 80, "https": 443}
# Longer durations, and infinite ones, have no representation in Redis.
MAX_S = 10**9
MAX_HOST = 253
# Shorter tokens can be guessed.
MIN_TOKEN = 16
VISIBLE = re.compile("[!-~]*")
LABEL = re.compile("(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
CONTACT_URI = re.compile("(mailto:|https://|tel:)[!-~]+")

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


def _host(value: str) -> str:
    """An address or a host name as browsers write it, an IPv6 address without brackets; raises `ValueError`."""
    if ":" in value:
        return IPv6Address(value).compressed
    labels = value.removesuffix(".").split(".")
    if labels[-1].isdecimal() or labels[-1].startswith("0x"):
        return str(IPv4Address(value))
    if len(value) > MAX_HOST or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("must be an address or a host name, without a port")
    return value.lower()


def _authority(parts: SplitResult) -> str:
    """The host and port of a URL, without the scheme's own port."""
    host = _host(parts.hostname or "")
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in {None, DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{parts.port}"


def _parts(value: str, *schemes: str) -> SplitResult:
    """The parts of a URL; raises `ValueError` with a message that does not contain the value."""
    expected = " or ".join(f"{scheme}://" for scheme in schemes)
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ValueError("must be ASCII without spaces: write other characters as %XX, a host as xn--…")
    try:
        parts = urlsplit(value)
        is_valid = bool(_authority(parts)) and parts.port != 0 and not parts.fragment
    except ValueError:
        is_valid = False
    if not is_valid or parts.scheme not in schemes:
        raise ValueError(f"must be a URL: {expected}, a host, and optionally a port")
    return parts


def _service_url(value: str) -> str:
    parts = _parts(value, "http", "https")
    if parts.query or parts.username is not None:
        raise ValueError("must be a URL without a query and without credentials")
    return f"{parts.scheme}://{_authority(parts)}{parts.path.rstrip('/')}"


def _origin(value: str) -> str:
    """As browsers send it: in lower case, in ASCII, without a path and without the scheme's own port."""
    if value in {"*", "null"}:
        return value
    scheme, separator, rest = value.rstrip("/").lower().partition("://")
    try:
        parts = _parts(f"{scheme}{separator}{rest.encode('idna').decode()}", scheme)
    except ValueError as exc:
        raise ValueError("must be an origin without a wildcard, such as https://example.org") from exc
    if parts.path or parts.query or parts.username is not None:
        raise ValueError("must be an origin without a path, such as https://example.org")
    return f"{scheme}://{_authority(parts)}"


def _network(value: str) -> str:
    """A network; one of IPv4 addresses in IPv6 notation is that of the IPv4 addresses, as clients' addresses are."""
    network = ip_network(value)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return str(ip_network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network)


def _contact_uri(value: str) -> str:
    if not CONTACT_URI.fullmatch(value):
        raise ValueError("must be a URI in ASCII: mailto:, https:// or tel:, and the address")
    return value


def _split_commas(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = tuple(part.strip() for part in value.split(",") if part.strip())
    if not parts:
        raise ValueError("must have a value before or after a comma")
    return parts


def _check_certificates(value: Path) -> Path:
    try:
        ssl.create_default_context(cafile=value)
    except OSError as exc:
        raise ValueError(f"the file has no certificate in PEM format ({exc.strerror or exc})") from exc
    return value


def _check_redis_url(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"(/\d*)?", _parts(value, "redis", "rediss").path):
        # redis-py would use database 0.
        raise ValueError("must be a URL: redis:// or rediss://, a host, and optionally a port and a database number")
    return value


def _check_proxy_url(value: object) -> object:
    if isinstance(value, str):
        parts = _parts(value, "http", "https", "socks5", "socks5h")
        if parts.path not in {"", "/"} or parts.query:
            raise ValueError("must be a URL without a path and without a query")
    return value


def _check_token(value: object) -> object:
    return _header_value(value) if isinstance(value, str) else value


def _check_update_token(value: object) -> object:
    if isinstance(value, str):
        if not VISIBLE.fullmatch(value):
            raise ValueError("each token must consist of ASCII characters without spaces")
        if len(value) < MIN_TOKEN:
            raise ValueError(f"each token must have at least {MIN_TOKEN} characters, as from `openssl rand -hex 32`")
    return value


CommaSeparated = Annotated[tuple[T, ...], NoDecode, BeforeValidator(_split_commas)]
CertificateFile = Annotated[FilePath, AfterValidator(_check_certificates)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
Host = Annotated[str, AfterValidator(lambda value: _host(value.removeprefix("[").removesuffix("]")))]
Network = Annotated[str, AfterValidator(_network)]
ContactURI = Annotated[str, AfterValidator(_contact_uri)]
Origin = Annotated[str, AfterValidator(_origin)]
ServiceURL = Annotated[str, AfterValidator(_service_url)]
ProxyURL = Annotated[SecretStr, BeforeValidator(_check_proxy_url)]
RedisURL = Annotated[SecretStr, BeforeValidator(_check_redis_url)]
Token = Annotated[SecretStr, BeforeValidator(_check_token)]
UpdateToken = Annotated[SecretStr, BeforeValidator(_check_update_token)]


class StrippedSettings(BaseSettings):
    """Settings without surrounding white space, of which the empty ones are unset."""

    @model_validator(mode="before")
    @classmethod
    def _strip(cls, values: dict[str, Any]) -> dict[str, Any]:
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}
