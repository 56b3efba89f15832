"""The limits on the landing page: rows of a table, described as in the settings."""

import re
from html import escape

from gateway.settings import Settings

CODE = re.compile(r"`([^`]*)`")
# The title and the unit of each setting.
LIMITS = {
    "client_points": ("Points per client", ""),
    "client_points_per_minute": ("Points per minute", ""),
    "max_cost": ("Cost of an operation", ""),
    "max_values": ("Values", ""),
    "max_depth": ("Depth", ""),
    "max_aliases": ("Aliases", ""),
    "max_tokens": ("Tokens", ""),
    "max_directives": ("Directives", ""),
    "max_introspection_fields": ("Introspection fields", ""),
    "max_body_bytes": ("Request body", " bytes"),
    "operation_timeout_s": ("Timeout", " s"),
    "update_cooldown_s": ("Update cooldown", " s"),
}


def limit_rows(settings: Settings) -> str:
    """The HTML of the rows; 0 is shown as no limit."""
    return "\n".join(_row(name, *title_and_unit, getattr(settings, name)) for name, title_and_unit in LIMITS.items())


def _row(name: str, title: str, unit: str, limit: float) -> str:
    description = CODE.sub(r"<code>\1</code>", escape(Settings.model_fields[name].description or ""))
    value = f"{limit:,.0f}{unit}" if limit else "no limit"
    return f'<tr><th scope="row">{title} <small>{description}</small></th><td class="number">{value}</td></tr>'
