"""The links of a page's menu: `parts/menu.html` has the rest of it."""

_FOR_PLAYERS = {"./": "Home", "best": "Best plays", "docs": "Docs"}
_FOR_DEVELOPERS = {**_FOR_PLAYERS, "graphql": "GraphiQL"}
# The link of the page in a file, and of the page that it belongs to.
_CURRENT = {
    "landing.html": ("./", "page"),
    "best.html": ("best", "page"),
    "documentation.html": ("docs", "true"),
    "graphiql.html": ("graphql", "page"),
}


def page_links(name: str) -> str:
    """The links in the page of that file, with the present page marked."""
    pages = _FOR_DEVELOPERS if name in ("documentation.html", "graphiql.html") else _FOR_PLAYERS
    return "\n        ".join(f'<a href="{path}"{_mark(name, path)}>{title}</a>' for path, title in pages.items())


def _mark(name: str, path: str) -> str:
    current, kind = _CURRENT.get(name, (None, ""))
    return f' aria-current="{kind}"' if path == current else ""
