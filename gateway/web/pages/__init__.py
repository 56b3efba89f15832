"""What people see in a browser."""

from starlette.responses import HTMLResponse, Response
from strawberry.http.ides import get_graphql_ide_html

SECURITY = {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def graphiql() -> Response:
    """GraphiQL, for exploring the schema."""
    return HTMLResponse(get_graphql_ide_html().replace("{{ SUBSCRIPTION_ENABLED }}", "false"), headers=SECURITY)
