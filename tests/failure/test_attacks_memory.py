"""What hostile documents leave behind: what is remembered of them stays small, however many there are."""

import gc
import tracemalloc

import pytest

from gateway.graph.prepare.documents import MAX_DOCUMENTS

MEGABYTES = 2**20
MOST_OPERATIONS = " ".join(f"query q{number} {{ status {{ version }} }}" for number in range(120))
LONGEST_LIST = f"query($a: [GameMode!] = [{'OSU ' * 950}]) {{ user(id: 1) {{ allStats(modes: $a) {{ id }} }} }}"
MOSTLY_COMMENTS = "{ status { version } }" + "#\n" * 30_000


async def kept(gateway, document, times=10):
    """How many bytes each of so many documents that differ only in a comment leaves behind."""
    prepare = gateway.app.state.gateway.engine._documents.prepare  # noqa: SLF001
    prepare(document)
    gc.collect()
    tracemalloc.start()
    prepared = [prepare(f"{document} # {number}") for number in range(times)]
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(isinstance(each, dict) for each in prepared)
    return held / times


@pytest.mark.parametrize("document", [MOST_OPERATIONS, LONGEST_LIST], ids=["operations", "a list"])
async def test_all_documents_that_are_remembered_are_kept_in_bounds(gateway, document):
    assert await kept(gateway, document) * MAX_DOCUMENTS < 120 * MEGABYTES


async def test_documents_that_are_mostly_comments_are_kept_small(gateway):
    assert await kept(gateway, MOSTLY_COMMENTS) < 0.2 * MEGABYTES


async def test_thousands_of_documents_are_not_all_kept(gateway):
    for number in range(600):
        await gateway.ask(f"{{ a{number}: status {{ version }} }}")
    prepared = gateway.app.state.gateway.engine._documents.prepare.cache_info()  # noqa: SLF001
    assert prepared.currsize == MAX_DOCUMENTS


async def test_of_what_clients_say_they_accept_little_is_kept(gateway):
    gc.collect()
    tracemalloc.start()
    for number in range(400):
        long = f";x={number:030000}"
        headers = {"Accept": f"application/json{long}", "Accept-Encoding": f"gzip{long}"}
        await gateway.http.get("/graphql?query={status{version}}", headers=headers)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 12 * MEGABYTES


class TestWithoutALimitOfTokens:
    @pytest.fixture
    def settings(self):
        return {"max_tokens": 0, "max_depth": 0, "max_body_bytes": 2**20}

    async def test_fragments_that_lead_to_fragments_for_ever_are_refused(self, gateway):
        chain = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(3000))
        error = await gateway.error(f"{{ ...f0 }} {chain} fragment f3000 on Query {{ status {{ version }} }}")
        assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert "too deeply" in error["message"]
