"""The pages of the site, each with a text that it shows when it has loaded. Tests of all pages use this list."""

from typing import NamedTuple


class SitePage(NamedTuple):
    """A path, the file in `gateway/web/pages` that it serves, and the text."""

    path: str
    template: str
    text: str


PAGES = (
    SitePage("/", "landing.html", "responding"),
    SitePage("/graphql", "graphiql.html", "Variables"),
    SitePage("/best?days=7&grades=SS,S", "best.html", "Show 50 more"),
    SitePage("/best?mods=HD,HT,FL,EZ,NF,SO,PF", "best.html", "Remove filters"),
    SitePage("/best?window=year&grades=Q&mods=XX&days=0", "best.html", "There is no"),
    SitePage("/docs", "documentation.html", "Each page covers one task"),
    SitePage("/docs/errors", "documentation.html", "A field that fails is null"),
    SitePage("/docs/players", "documentation.html", "There are no accounts"),
    SitePage("/docs/getting-started", "documentation.html", "On this page"),
    SitePage("/docs/operations", "documentation.html", "On this page"),
    SitePage("/docs/schema", "documentation.html", "On this page"),
    SitePage("/docs/performance", "documentation.html", "compares the gateway"),
    SitePage("/docs/examples/compare", "documentation.html", "Open in GraphiQL"),
    SitePage("/no/such/page", "missing.html", "Check the URL"),
    SitePage("/players/131464?compare=2,1010,3000001,70000040,x!", "player.html", "Remove peppy"),
    SitePage("/players/131464?period=week&days=0&series=x", "player.html", "There is no"),
    SitePage("/players/70000071", "player.html", "Start tracking"),
    SitePage("/players/131464/2025", "year.html", "hiscores recorded"),
    SitePage("/players/131464/2010", "year.html", "No snapshots of 2010"),
    SitePage("/players/2/2006", "year.html", "Invalid year"),
    SitePage("/players/peppy!", "player.html", "No such address"),
    SitePage("/players/no_such_player", "player.html", "no_such_player"),
)
