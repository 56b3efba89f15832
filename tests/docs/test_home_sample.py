"""The sample response on the home page equals the gateway's, formatted as “Run” formats it. `make examples` updates it."""

import json
import os
import re

import pytest

from gateway.web.pages import FOLDER
from tests.support.gateway import NAMES

LANDING = FOLDER / "landing.html"
SAMPLE = re.compile(r'(?<=<code id="try-response">)[^<]*')
QUERY = re.compile(r'(?<=<code id="try-query">)[^<]*')


@pytest.fixture
def settings():
    """Like `serve --sandbox`, with a names service."""
    return dict(NAMES)


async def test_sample_equals_the_response(gateway):
    html = LANDING.read_text()
    response = await gateway.http.post("/graphql", json={"query": QUERY.findall(html)[0]})
    right = json.dumps({"data": response.json()["data"]}, indent=2, ensure_ascii=False)
    if "REWRITE_EXAMPLES" in os.environ:
        LANDING.write_text(SAMPLE.sub(lambda _: right, html))
    else:
        assert SAMPLE.findall(html)[0] == right, "if the new response is right, run `make examples`"
