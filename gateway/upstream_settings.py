"""The settings of the access to osu!track: addresses, timeouts, freshness of cached data, budgets and updates."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from .setting_types import (
    MAX_S,
    CertificateFile,
    CommaSeparated,
    Count,
    HeaderValue,
    Positive,
    ProxyURL,
    Rate,
    Seconds,
    ServiceURL,
    StrippedSettings,
    UpdateToken,
)

OSUTRACK_URL = "https://osutrack-api.ameo.dev"


class UpstreamSettings(StrippedSettings):
    """The part of the server's settings that concerns osu!track."""

    upstream_url: ServiceURL = Field(OSUTRACK_URL, description="Address of osu!track's API.")
    contact: HeaderValue = Field(
        "no contact given",
        description="Contact for questions of osu!track's owner, sent in `User-Agent`. Set it in every deployment.",
    )
    upstream_proxy: ProxyURL | None = Field(
        None,
        description="Proxy for all requests to osu!track and the names service: `http://`, `https://`, `socks5://` or"
        " `socks5h://user:password@host:port`. The variables `HTTPS_PROXY` and `ALL_PROXY` are ignored.",
    )
    upstream_ca: CertificateFile | None = Field(
        None,
        description="PEM file with further trusted certificates for these requests, as of a proxy that inspects TLS.",
    )
    names_url: ServiceURL | None = Field(
        None,
        description="Address of the names service, such as `https://osu-api-bridge.ameo.dev`, for lookups of unknown"
        " names and IDs; empty disables them. Contact its author before use.",
    )
    connect_timeout_s: Positive = Field(3.0, description="Timeout for connecting to osu!track.")
    read_timeout_s: Positive = Field(10.0, description="Timeout between two bytes from osu!track.")
    update_timeout_s: Positive = Field(30.0, description="Timeout for updates, which osu!track answers slowly.")
    operation_timeout_s: Positive = Field(20.0, description="Timeout for a whole operation.")

    cache_max_bytes: Count = Field(
        256 * 2**20, description="Approximate memory limit for cached osu!track data, in bytes."
    )
    response_cache_max_bytes: Rate = Field(
        64 * 2**20,
        description="Approximate memory limit for cached responses, in bytes; 0 disables the response cache.",
    )
    history_fresh_s: Positive = Field(
        600.0, description="Time for which a cached history is served without contacting osu!track."
    )
    hiscores_fresh_s: Positive = Field(900.0, ge=900, description="The same for cached hiscores; at least 900.")
    peak_fresh_s: Positive = Field(600.0, description="The same for a cached peak.")
    best_plays_fresh_s: Positive = Field(600.0, description="The same for cached best plays.")
    revalidate_s: Seconds = Field(
        600, description="Further time for which cached data is served at once, and refreshed in the background."
    )
    stale_s: Seconds = Field(
        86_400,
        description="Further time for which cached data is served with a warning if a refresh fails or takes longer"
        " than 3 s.",
    )

    reads_per_minute: Rate = Field(120, description="Request budget per minute for histories, peaks and best plays.")
    hiscores_per_minute: Rate = Field(
        30, description="Request budget per minute for hiscores. Such a request can make osu!track update the player."
    )
    updates_per_minute: Rate = Field(4, description="Request budget per minute for updates.")
    names_per_minute: Rate = Field(30, description="Request budget per minute for the names service.")
    upstream_concurrency: Count = Field(8, description="Maximum number of concurrent requests to osu!track.")

    updates: bool = Field(default=True, description="Accept `updateUser`; `false` refuses all updates.")
    update_cooldown_s: Annotated[float, Field(ge=0, le=MAX_S, allow_inf_nan=False)] = Field(
        900.0, description="Minimum time between two updates of a player in a mode."
    )
    state_dir: Path | None = Field(
        None,
        description="Folder in which the cooldowns of updates are stored, so that they survive a restart; empty: none.",
    )
    update_tokens: CommaSeparated[UpdateToken] = Field(
        (),
        description="Bearer tokens for `updateUser`, comma-separated, each of at least 16 characters; empty allows"
        " updates without a token.",
    )

    @property
    def has_contact(self) -> bool:
        """Whether the operator has set a contact."""
        return "contact" in self.model_fields_set
