"""The settings for display: values, meanings, defaults, units and sources."""

from importlib.metadata import version
from platform import python_version
from typing import Any, NamedTuple

from gateway.setting_sources import SECRETS, sources
from gateway.settings import PREFIX, Settings

# The unit of a setting, by the end of its name.
UNITS = {"_S": "s", "_BYTES": "bytes", "_PER_MINUTE": "per minute"}


class SettingInfo(NamedTuple):
    """A setting for display, with its values as in a file `.env`; the value of a secret is None if it is set."""

    variable: str
    value: str | None
    default: str
    source: str
    meaning: str

    @property
    def unit(self) -> str:
        """The unit of the value, empty if it has none."""
        return next((unit for end, unit in UNITS.items() if self.variable.endswith(end)), "")


def setting_infos(settings: Settings) -> list[SettingInfo]:
    """Every setting of the server in the order of declaration, with the source of its value."""
    rows, set_in = [], sources()
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name}".upper()
        value = None if name in SECRETS and getattr(settings, name) else _text(getattr(settings, name))
        source = set_in.get(variable, "default")
        rows.append(SettingInfo(variable, value, _text(field.default), source, field.description or ""))
    return rows


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).removesuffix(".0") if isinstance(value, float) else "" if value is None else str(value)


def start_facts(settings: Settings) -> dict[str, Any]:
    """The fields of the log's first line: the version, and the settings that concern osu!track."""
    return {
        "version": version("osutrack-gateway"),
        "python": python_version(),
        "upstream": settings.upstream_url,
        "reads_per_minute": settings.reads_per_minute,
        "hiscores_per_minute": settings.hiscores_per_minute,
        "updates_per_minute": settings.updates_per_minute,
        "update_cooldown_s": settings.update_cooldown_s,
        "updates": _update_policy(settings),
        "redis": "shared" if settings.redis_url else "none",
        "processes": settings.processes,
    }


def _update_policy(settings: Settings) -> str:
    if not settings.updates:
        return "off"
    return "with a token" if settings.update_tokens else "by every client"
