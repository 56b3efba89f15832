"""The limits of this gateway as rows of a table, in the words of its settings."""

from html import escape

from gateway.settings import Settings

# What they are called, and what they are counted in.
LIMITS = {
    "client_points": ("Points saved up", ""),
    "client_points_per_minute": ("Points a minute", ""),
    "max_cost": ("Cost of an operation", ""),
    "max_rows": ("Rows", ""),
    "max_depth": ("Depth", ""),
    "max_aliases": ("Aliases", ""),
    "max_tokens": ("Tokens", ""),
    "max_directives": ("Directives", ""),
    "max_body_bytes": ("Bytes", ""),
    "operation_timeout_s": ("Time", " s"),
    "update_cooldown_s": ("Wait", " s"),
}


def limits(settings: Settings) -> str:
    """HTML; 0 is no limit."""
    return "\n".join(_row(name, *words, getattr(settings, name)) for name, words in LIMITS.items())


def _row(name: str, title: str, unit: str, most: float) -> str:
    meaning = escape(Settings.model_fields[name].description or "")
    value = f"{most:,.0f}{unit}" if most else "no limit"
    return f'<tr><th scope="row">{title} <small>{meaning}</small></th><td class="number">{value}</td></tr>'
