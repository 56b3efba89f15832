"""Downloads of a player's snapshots and hiscores as CSV or NDJSON, such as `/players/ID/history.csv`.

A download is one GraphQL field: its price, its limits and its side effects are those of the field.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.store.periods import Interval
from gateway.web.cross_origin import check_cross_site, is_followed_link
from gateway.web.fixed_queries import FixedQueries
from gateway.web.responses import in_encoder

from .exported_lists import EXPORTED_LISTS, ExportedList
from .player_parameters import option, variables_of
from .tables import Rows, to_csv, to_ndjson

# The response header with the warnings that GraphQL has in `extensions.warnings`.
WARNINGS_HEADER = "Gateway-Warnings"
# The details of warnings, and their names in the header, where capital letters are not allowed.
WARNING_DETAILS = {"ageSeconds": "age_seconds", "rows": "rows"}


class Format(NamedTuple):
    """A file format: its media type and its writer."""

    media_type: str
    write: Callable[[Sequence[str], Rows], bytes]


FORMATS = {
    "csv": Format("text/csv; charset=utf-8; header=present", to_csv),
    "ndjson": Format("application/x-ndjson", to_ndjson),
}


class ExportEndpoint:
    """The endpoint of one list in one format; `extension` is a key of `FORMATS`."""

    def __init__(
        self, exported: ExportedList, extension: str, *, queries: FixedQueries, cors_origins: Collection[str]
    ) -> None:
        self._list = exported
        self._extension = extension
        self._format = FORMATS[extension]
        self._queries = queries
        self._cors_origins = cors_origins

    async def response(self, request: Request) -> Response:
        """The file, or an error."""
        return await self._queries.respond(request, partial(self._file, request))

    async def _file(self, request: Request) -> Response:
        if self._list.may_update and not is_followed_link(request.headers):
            check_cross_site(request.headers, self._cors_origins)
        variables = _variables(request, self._list)
        result = await self._queries.complete(request, self._list.document, variables)
        body, next_cursor = await in_encoder(partial(self._write, result.content["data"]))
        name = f"osutrack-{variables['id']}-{variables['mode'].lower()}-{self._list.name}.{self._extension}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            **_warnings(result.content["extensions"].get("warnings", ())),
            **_next_link(request, next_cursor),
        }
        return Response(body, 200, headers, self._format.media_type)

    def _write(self, data: Any) -> tuple[bytes, str | None]:
        rows, next_cursor = self._list.read(data)
        return self._format.write(self._list.columns, rows), next_cursor


def export_routes(queries: FixedQueries, cors_origins: Collection[str]) -> list[Route]:
    """The routes of all exports in all formats."""
    return [
        Route(
            f"/players/{{id}}/{exported.name}.{extension}",
            ExportEndpoint(exported, extension, queries=queries, cors_origins=cors_origins).response,
        )
        for exported in EXPORTED_LISTS
        for extension in FORMATS
    ]


def _variables(request: Request, exported: ExportedList) -> dict[str, Any]:
    variables = variables_of(request, exported.parameters)
    if every := variables.get("every"):
        variables["every"] = option("every", every, Interval)
    return variables


def _warnings(warnings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The codes of the warnings, with their details as parameters (RFC 9651, section 3.1)."""
    items = [
        ";".join(
            [warning["code"], *(f"{name}={warning[key]}" for key, name in WARNING_DETAILS.items() if key in warning)]
        )
        for warning in warnings
    ]
    return {WARNINGS_HEADER: ", ".join(items)} if items else {}


def _next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The next page of a list that is longer than one file."""
    if cursor is None:
        return {}
    parameters = {**request.query_params, "after": cursor}
    return {"Link": f'<?{urlencode(parameters)}>; rel="next"'}
