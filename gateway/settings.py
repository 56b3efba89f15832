"""Every info of the gateway: name, type, default, unit and meaning. Nothing else reads the environment.

Variables begin with `GATEWAY_`, durations are in seconds and end in `_S`, a rate of 0 means no limit.
"""

import os
from ipaddress import ip_network
from typing import Annotated, Literal, NamedTuple, Self

from dotenv import dotenv_values
from pydantic import DirectoryPath, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "GATEWAY_"
ENV_FILE = ".env"
SECRETS = {"redis_url", "update_tokens", "query_token"}

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Rate = Annotated[int, Field(ge=0)]


UNITS = {"_S": "s", "_BYTES": "bytes", "_PER_MINUTE": "a minute"}


class BadSettings(Exception):
    """The environment says something that can't be. The message names each variable and what was expected."""


class Settings(BaseSettings):
    """Read once, at the start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port to listen on; 0 picks a free one.")
    workers: Count = Field(1, description="Processes that serve. More than one need `GATEWAY_REDIS_URL`.")
    redis_url: str | None = Field(
        None,
        pattern="^rediss?://",
        description="The Redis that gateways share: `redis://` or `rediss://user:password@host:port/number`.",
    )
    replicas: Count = Field(
        1, description="Gateways that share it, on all machines. While Redis is away, each has its part of the budgets."
    )

    upstream_url: str = Field(
        "https://osutrack-api.ameo.dev", pattern="^https?://", description="Address of osu!track's API."
    )
    contact: str = Field(
        "no contact given",
        description="Whom osu!track's owner can ask about this gateway's traffic; sent in `User-Agent`. Set it.",
    )
    connect_timeout_s: Positive = Field(3.0, description="How long to wait for a connection to osu!track.")
    read_timeout_s: Positive = Field(10.0, description="How long to wait for the next byte from osu!track.")
    update_timeout_s: Positive = Field(
        30.0, description="How long to wait for an update, which osu!track answers slowly."
    )
    operation_timeout_s: Positive = Field(20.0, description="How long an operation may take as a whole.")

    cache_max_bytes: Count = Field(256 * 2**20, description="Memory for data from osu!track, in bytes, about.")
    response_cache_max_bytes: Rate = Field(
        64 * 2**20, description="Memory for finished answers, in bytes, about; 0 keeps none."
    )
    history_fresh_s: Positive = Field(
        600.0, description="How long a history counts as fresh: until then osu!track is not asked again."
    )
    hiscores_fresh_s: Positive = Field(900.0, ge=900, description="The same for hiscores; at least 900.")
    peak_fresh_s: Positive = Field(600.0, description="The same for a peak.")
    best_plays_fresh_s: Positive = Field(600.0, description="The same for best plays.")
    stale_s: Rate = Field(
        86_400,
        description="How long data that is not fresh may still be served, while it is refreshed or osu!track fails.",
    )

    reads_per_minute: Rate = Field(120, description="Requests a minute for histories, peaks and best plays.")
    hiscores_per_minute: Rate = Field(
        30, description="Requests a minute for hiscores; any of them may make osu!track update the player."
    )
    updates_per_minute: Rate = Field(4, description="Updates sent to osu!track a minute.")
    upstream_concurrency: Count = Field(8, description="Requests to osu!track at the same time.")

    update_cooldown_s: Annotated[float, Field(ge=0)] = Field(
        900.0, description="How long to wait between two updates of a player in a mode."
    )
    update_tokens: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="If set, `updateUser` needs one of these (comma-separated) as a bearer token."
    )
    query_token: str = Field("", description="The bearer token that `gateway query` sends.")

    client_points: Rate = Field(60, description="Points a client can save up.")
    client_points_per_minute: Rate = Field(60, description="Points a client gets back every minute.")
    max_depth: Rate = Field(8, description="How deeply fields may be nested; introspection is not counted.")
    max_aliases: Rate = Field(
        30, description="Fields with an alias or a repeated name; a fragment counts each time it is used."
    )
    max_tokens: Rate = Field(1000, description="Words, signs and values of a document.")
    max_directives: Rate = Field(20, description="Uses of directives in a document.")
    max_cost: Rate = Field(30, description="Points that one operation may cost.")
    field_suggestions: bool = Field(default=True, description="Whether the error for a misspelt field suggests names.")
    fast_lists: bool = Field(default=True, description="Fast path for long lists; turn it off only to look for a bug.")
    max_rows: Count = Field(20_000, description="Rows in one operation's answer, all lists together.")
    trusted_documents: DirectoryPath | None = Field(
        None, description="A folder of `*.graphql` files; clients may send a file's SHA-256 instead of its text."
    )
    only_trusted_documents: bool = Field(default=False, description="Accept only the documents in that folder.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Networks (comma-separated) whose `X-Forwarded-For` is believed, like `10.0.0.0/8`."
    )
    header_timeout_s: Positive = Field(
        10.0, description="How long a client may take to send a request's headers, or take nothing of an answer."
    )
    body_timeout_s: Positive = Field(10.0, description="The same for a request's body.")
    max_body_bytes: Count = Field(65_536, description="Largest request body, in bytes.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("*",),
        description="Sites whose pages may read answers (comma-separated), like `https://example.org`; `*` is all.",
    )

    log_format: Literal["console", "json"] = Field(
        "console", description="`console` for people, or `json` for machines."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The lowest level that is logged: `debug`, `info`, `warning` or `error`."
    )
    access_log: bool = Field(default=True, description="Whether each request is logged, in one line.")
    open_telemetry: bool = Field(
        default=False,
        description="Whether OpenTelemetry spans are sent, as the `OTEL_…` variables say; needs the extra `otel`.",
    )

    @property
    def processes(self) -> int:
        """How many there are of us, everywhere."""
        return self.workers * self.replicas

    @field_validator("update_tokens", "cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(network)) for network in value)

    @model_validator(mode="after")
    def _share_what_they_know(self) -> Self:
        if self.processes > 1 and self.redis_url is None:
            raise ValueError(
                "GATEWAY_WORKERS and GATEWAY_REPLICAS above 1 need GATEWAY_REDIS_URL: else each process would have"
                " a budget of its own, and osu!track counts all of them together"
            )
        return self

    @model_validator(mode="after")
    def _has_trusted_documents(self) -> Self:
        if self.only_trusted_documents and self.trusted_documents is None:
            raise ValueError("GATEWAY_ONLY_TRUSTED_DOCUMENTS needs the folder GATEWAY_TRUSTED_DOCUMENTS")
        return self


def read_settings() -> Settings:
    """The settings of this environment; raises `BadSettings` for an unknown variable or a bad value."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    given = {*os.environ, *dotenv_values(ENV_FILE)}
    unknown = sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise BadSettings("\n".join(f"{name}: there is no such setting" for name in unknown))
    try:
        return Settings()
    except ValidationError as exc:
        raise BadSettings("\n".join(map(_explained, exc.errors()))) from exc


def _explained(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    name = "_".join(str(part) for part in error["loc"][:1])
    if not name:  # what is wrong is how settings go together
        return str(error["ctx"]["error"])
    got = "" if name in SECRETS else f" (got {error.get('input')!r})"
    return f"{PREFIX}{name.upper()}: {error['msg']}{got}"


class SettingInfo(NamedTuple):
    """A setting as operators see it: all text, secrets hidden."""

    variable: str
    value: str
    default: str
    source: str
    meaning: str

    @property
    def unit(self) -> str:
        """Of the value, if it is an amount: the variable's name tells."""
        return next((unit for end, unit in UNITS.items() if self.variable.endswith(end)), "")


def setting_infos(settings: Settings) -> list[SettingInfo]:
    """Every setting, in the order in which they are declared, and where its value is from."""
    environment = {name.upper() for name in os.environ}
    file = {name.upper() for name in dotenv_values(ENV_FILE)}
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name}".upper()
        source = "environment" if variable in environment else ENV_FILE if variable in file else "default"
        value = "(hidden)" if name in SECRETS and getattr(settings, name) else _text(getattr(settings, name))
        rows.append(SettingInfo(variable, value, _text(field.default), source, field.description or ""))
    return rows


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)
