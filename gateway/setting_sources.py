"""The settings as they are read from the environment and `.env`, with a message for each invalid one."""

import os
import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from .settings import ENV_FILE, PREFIX, BadSettings, QuerySettings, Settings

S = TypeVar("S", bound=BaseSettings)
# A user and a password in a URL.
CREDENTIALS = re.compile("(?<=://)[^/]+(?=@)")
SECRETS = {
    name
    for kind in (Settings, QuerySettings)
    for name, field in kind.model_fields.items()
    if "SecretStr" in str(field.annotation)
}


def read_settings(**overrides: str) -> Settings:
    """The server's settings, `overrides` first; raises `BadSettings` for an unknown variable or an invalid value."""
    names = {
        f"{kind.model_config['env_prefix']}{name}".upper()
        for kind in (Settings, QuerySettings)
        for name in kind.model_fields
    }
    variables = {*os.environ, *_file_variables()}
    unknown = sorted(name for name in variables if name.upper().startswith(PREFIX) and name.upper() not in names)
    if unknown:
        raise BadSettings("\n".join(f"{name}: unknown setting{_suggestion(name.upper(), names)}" for name in unknown))
    return _read(Settings, **overrides)


def _suggestion(name: str, names: Collection[str]) -> str:
    similar = get_close_matches(name, sorted(names), n=1)
    return f"; did you mean {similar[0]}?" if similar else ""


def _file_variables() -> Mapping[str, str | None]:
    try:
        return dotenv_values(ENV_FILE)
    except (OSError, ValueError) as exc:
        raise BadSettings(f"{ENV_FILE}: cannot be read as UTF-8 text ({exc})") from exc


def read_query_settings() -> QuerySettings:
    """The settings of `gateway query`; raises `BadSettings` for an invalid value."""
    return _read(QuerySettings)


def _read(kind: type[S], **overrides: Any) -> S:
    try:
        return kind(**overrides)
    except ValidationError as exc:
        prefix = kind.model_config["env_prefix"]
        # Both types of a union are explained by the same line.
        raise BadSettings("\n".join(dict.fromkeys(_explain(error, prefix) for error in exc.errors()))) from exc


def _explain(error: Mapping[str, Any], prefix: str) -> str:
    name = "_".join(str(part) for part in error["loc"][:1])
    if not name:  # an invalid combination of settings
        return str(error["ctx"]["error"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] in {"path_not_file", "path_not_directory"} and len(error["loc"]) > 1:
        message = "the path does not point to a file or a folder"
    value = "" if name in SECRETS else f" (got {CREDENTIALS.sub('…', repr(error.get('input')))})"
    return f"{prefix}{name.upper()}: {message}{value}"


def sources() -> dict[str, str]:
    """The source of each variable that is set: `environment` or `.env`. The environment wins."""
    in_file = {name.upper() for name, value in _file_variables().items() if value and value.strip()}
    in_environment = {name.upper() for name, value in os.environ.items() if value.strip()}
    return dict.fromkeys(in_file, ENV_FILE) | dict.fromkeys(in_environment, "environment")
