"""All settings: name, type, default, unit and meaning. Only `setting_sources.py` reads the environment.

Variables begin with `GATEWAY_`, durations are in seconds and end in `_S`, a rate of 0 means no limit.
"""

from typing import Annotated, Literal, Self

from pydantic import DirectoryPath, Field, FilePath, model_validator
from pydantic_settings import SettingsConfigDict

from .setting_types import (
    CommaSeparated,
    ContactURI,
    Count,
    Host,
    Network,
    Origin,
    Positive,
    Rate,
    RedisURL,
    ServiceURL,
    StrippedSettings,
    Token,
)
from .upstream_settings import UpstreamSettings

PREFIX = "GATEWAY_"
ENV_FILE = ".env"


class BadSettings(Exception):
    """An unknown setting or an invalid value; the message names the variable and the expected value."""


class Settings(UpstreamSettings):
    """The settings of the server, read once at the start; first those of its access to osu!track."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True)

    host: Host = Field("127.0.0.1", description="Address to listen on; `::` means all IPv6 and IPv4 addresses.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port to listen on; 0 picks a free one.")
    workers: Count = Field(1, description="Number of server processes; above 1, `GATEWAY_REDIS_URL` is required.")
    redis_url: RedisURL | None = Field(
        None,
        description="Redis shared by all gateways: `redis://` or `rediss://user:password@host:port/number`.",
    )
    replicas: Count = Field(
        1,
        description="Gateways that share Redis, on all machines. While Redis is unavailable, each replica uses its"
        " share of the budgets.",
    )

    client_points: Rate = Field(60, description="Maximum points of a client; 0 means no limit.")
    client_points_per_minute: Rate = Field(60, description="Points that a client regains per minute.")
    max_depth: Rate = Field(8, description="Maximum nesting depth of fields, without introspection.")
    max_aliases: Rate = Field(
        30,
        description="Maximum number of fields with an alias or a repeated name; a fragment counts at each use.",
    )
    max_tokens: Rate = Field(1000, description="Maximum number of lexical tokens in a document.")
    max_directives: Rate = Field(20, description="Maximum number of directives in a document.")
    max_introspection_fields: Rate = Field(
        6,
        description="Maximum number of `__schema` and `__type` fields in a document; a fragment counts at each use.",
    )
    max_cost: Rate = Field(30, description="Maximum cost of an operation, in points.")
    field_suggestions: bool = Field(default=True, description="Suggest similar names for unknown fields.")
    compiled_operations: bool = Field(
        default=True, description="Compile repeated operations and long lists; disable it only for debugging."
    )
    max_values: Count = Field(
        300_000, description="Maximum number of values in a response: selected fields without subfields, in each row."
    )
    trusted_documents: FilePath | DirectoryPath | None = Field(
        None,
        description="File or folder of trusted documents, which clients can name by ID: `*.graphql` files (ID: the"
        " SHA-256 of the file) and `*.json` manifests of graphql-codegen, Apollo or Relay.",
    )
    only_trusted_documents: bool = Field(
        default=False,
        description="Accept only documents from `GATEWAY_TRUSTED_DOCUMENTS`, and those of the gateway's own pages.",
    )
    trusted_proxies: CommaSeparated[Network] = Field(
        (), description="Networks whose `X-Forwarded-For` header is trusted, comma-separated, such as `10.0.0.0/8`."
    )
    header_timeout_s: Positive = Field(10.0, description="Timeout for request headers.")
    send_timeout_s: Positive = Field(20.0, description="Timeout for clients that stop reading a response.")
    unsent_max_bytes: Count = Field(
        64 * 2**20, description="Memory limit for large responses that clients are reading, in bytes."
    )
    client_unsent_max_bytes: Count = Field(32 * 2**20, description="The same for the responses of one client.")
    keepalive_s: Positive = Field(
        75.0,
        description="Time for which an idle connection is kept open: longer than the idle timeout of a proxy in front.",
    )
    body_timeout_s: Positive = Field(10.0, description="Timeout for request bodies.")
    max_body_bytes: Count = Field(65_536, description="Maximum size of a request body, in bytes.")
    cors_origins: CommaSeparated[Origin] = Field(
        ("*",),
        description="Allowed CORS origins, comma-separated, such as `https://example.org`; `*` allows all. Their pages"
        " can read responses and send queries by GET.",
    )

    http_statuses: Literal["2025", "2026"] = Field(
        "2025",
        description="Edition of GraphQL over HTTP whose statuses are used; `2026`: 422 for validation and coercion"
        " errors, 294 for partial data.",
    )

    public_url: ServiceURL | None = Field(
        None,
        description="Public address of the gateway, such as `https://gateway.example.org`, for the URLs in previews of"
        " player pages, and on images; empty: scheme, host and path of each request, without TLS behind a proxy, and"
        " the gateway's name on images.",
    )
    security_contact: ContactURI | None = Field(
        None,
        description="Contact for security reports in `/.well-known/security.txt`, such as `mailto:me@example.org`;"
        " empty: no such file.",
    )

    purge_url: ServiceURL | None = Field(
        None,
        description="Address of the purge API of an edge cache, which receives the tags of invalidated data.",
    )
    purge_kind: Literal["cloudflare", "fastly", "varnish"] | None = Field(
        None, description="API at this address: `cloudflare`, `fastly` or `varnish`. Required with `GATEWAY_PURGE_URL`."
    )
    purge_token: Token | None = Field(
        None, description="Token for this API; optional for Varnish, which receives it as a bearer token."
    )

    sample_data: bool = Field(
        False,  # noqa: FBT003 - pydantic's default
        description="Mark all pages and images as showing sample data. `serve --sandbox` sets it; set it for a gateway"
        " over `make sandbox`, too.",
    )
    avatars: bool = Field(
        default=True,
        description="Show avatars of players: browsers load them from `https://a.ppy.sh`, without a referrer;"
        " `false` shows initials, as does `GATEWAY_SAMPLE_DATA`.",
    )
    page_contact: ContactURI | None = Field(
        None,
        description="Contact of the operator, such as `mailto:me@example.org`, linked on the home page; empty: none.",
    )
    repository_url: ServiceURL | None = Field(
        None, description="Address of the source code of this deployment, linked on the home page; empty: none."
    )

    log_format: Literal["console", "json"] = Field("console", description="Log format: `console` (text) or `json`.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Minimum log level: `debug`, `info`, `warning` or `error`."
    )
    access_log: bool = Field(default=True, description="Log each request in one line.")
    open_telemetry: bool = Field(
        default=False,
        description="Export OpenTelemetry spans, configured by the `OTEL_…` variables. Requires the extra `otel`.",
    )

    @property
    def shows_avatars(self) -> bool:
        """Whether pages show avatars. The sandbox's players are invented: the avatars of their IDs belong to others."""
        return self.avatars and not self.sample_data

    @property
    def processes(self) -> int:
        """The number of gateway processes on all machines."""
        return self.workers * self.replicas

    @model_validator(mode="after")
    def _require_redis(self) -> Self:
        if self.processes > 1 and self.redis_url is None:
            raise ValueError(
                "GATEWAY_WORKERS and GATEWAY_REPLICAS above 1 require GATEWAY_REDIS_URL: without it, each process would"
                " use the whole request budget, and osu!track limits all of them together"
            )
        return self

    @model_validator(mode="after")
    def _require_purge_settings(self) -> Self:
        if self.purge_url is None and (self.purge_kind or self.purge_token):
            raise ValueError("GATEWAY_PURGE_KIND and GATEWAY_PURGE_TOKEN require GATEWAY_PURGE_URL")
        if self.purge_url and self.purge_kind is None:
            raise ValueError("GATEWAY_PURGE_URL requires GATEWAY_PURGE_KIND: cloudflare, fastly or varnish")
        if self.purge_kind in {"cloudflare", "fastly"} and self.purge_token is None:
            raise ValueError(f"GATEWAY_PURGE_KIND={self.purge_kind} requires GATEWAY_PURGE_TOKEN")
        return self

    @model_validator(mode="after")
    def _require_trusted_documents(self) -> Self:
        if self.only_trusted_documents and self.trusted_documents is None:
            raise ValueError("GATEWAY_ONLY_TRUSTED_DOCUMENTS requires GATEWAY_TRUSTED_DOCUMENTS")
        return self


class QuerySettings(StrippedSettings):
    """The settings of `gateway query`; `gateway serve` accepts and ignores them."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}QUERY_", env_file=ENV_FILE, extra="ignore", frozen=True)

    token: Token | None = Field(None, description="Bearer token that `gateway query` sends.")
