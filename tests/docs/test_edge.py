"""The numbers in docs/edge.md are those of the code."""

import pytest

from gateway.edge import purge_client, purger
from gateway.settings import Settings
from gateway.web.cache.cache_headers import MAX_TAGS_BYTES, CacheHeaders
from tests.support.processes import ROOT

PAGE = " ".join((ROOT / "docs/edge.md").read_text().split())
DEFAULTS = Settings(_env_file=None)


@pytest.mark.parametrize(
    "sentence",
    [
        f"more tags than fit into {MAX_TAGS_BYTES:,} bytes",
        f"sends one purge, {purger.COLLECT_S + purger.SETTLE_S} s after the invalidation",
        f"A purge has at most {purger.MAX_TAGS} tags, and {purge_client.TIMEOUT_S:.0f} s.",
        f"repeated after {purger.RETRY_S:.0f} s, then after twice the time each, up to {purger.MAX_RETRY_S:.0f} s",
        f"At most {purger.MAX_WAITING:,} tags wait.",
        f"the tags that wait have {purger.CLOSE_S:.0f} s",
        f"default budget of {DEFAULTS.updates_per_minute} updates per minute",
        f"set req.grace = {DEFAULTS.revalidate_s // 60}m;",
    ],
)
def test_number_is_that_of_the_code(sentence):
    assert sentence in PAGE


def test_example_is_a_real_header():
    header = CacheHeaders(DEFAULTS, monotonic=lambda: 7.5).lifetime(600.0)
    assert f"Cache-Control: {header}" in PAGE
