"""Settings that are permitted, but endanger access to osu!track or the limits of clients: each with its consequence."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from gateway.settings import PREFIX, Settings

# osu!track's published limits for each address (docs/osutrack.md, "Rate limits and terms").
READS_PER_MINUTE, UPDATES_PER_MINUTE, UPDATE_INTERVAL_S = 600, 5, 900
# Hiscores can be updates, and count as reads in any case.
PUBLISHED = {"reads": READS_PER_MINUTE, "hiscores": READS_PER_MINUTE, "updates": UPDATES_PER_MINUTE}
# Names that are reserved for documentation (RFC 2606).
PLACEHOLDER = re.compile(r"\bexample\.(org|com|net)\b|\.example\b", re.IGNORECASE)
BLOCK = "osu!track may block this address"


class Risk(NamedTuple):
    """A risky setting, by the name of its variable, and the consequence with a remedy."""

    variable: str
    warning: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.warning}"


def setting_risks(settings: Settings) -> list[Risk]:
    """The risks of these settings; those of requests to osu!track only if its address is not this machine."""
    found = [*_proxies(settings)]
    if not _is_local(settings.upstream_url):
        found += [*_contact(settings), *_rates(settings), *_cooldown(settings), *_names(settings)]
    return [Risk(f"{PREFIX}{name}".upper(), warning) for name, warning in found]


def _contact(settings: Settings) -> Iterator[tuple[str, str]]:
    advice = "osu!track's owner cannot reach you about your requests"
    if not settings.has_contact:
        yield "contact", f"not set: {advice}"
    elif PLACEHOLDER.search(settings.contact):
        yield "contact", f"{settings.contact} is the placeholder of an example: {advice}"


def _rates(settings: Settings) -> Iterator[tuple[str, str]]:
    for name, limit in PUBLISHED.items():
        setting = f"{name}_per_minute"
        rate = getattr(settings, setting)
        permitted = f"osu!track permits {limit} a minute, and may block this address"
        if not rate:
            off = " (to switch updates off, set GATEWAY_UPDATES=false)" if name == "updates" else ""
            yield setting, f"0 means no limit{off}; {permitted}"
        elif rate > limit:
            yield setting, f"{rate} is above osu!track's limit; {permitted}"


def _cooldown(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.update_cooldown_s < UPDATE_INTERVAL_S:
        often = f"a player updated more than once in {UPDATE_INTERVAL_S} s"
        yield "update_cooldown_s", f"{settings.update_cooldown_s:g} s is too short; {BLOCK} for {often}"


def _names(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.names_url and not settings.names_per_minute and not _is_local(settings.names_url):
        yield "names_per_minute", "0 means no limit; the names service is a free service without stated terms"


def _proxies(settings: Settings) -> Iterator[tuple[str, str]]:
    for network in settings.trusted_proxies:
        if ip_network(network).prefixlen == 0:
            yield (
                "trusted_proxies",
                f"{network} trusts everyone: each client can choose its address in X-Forwarded-For, and so its points",
            )


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
