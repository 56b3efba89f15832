"""Memory that hostile requests occupy in the caches of documents and headers."""

import gc
import tracemalloc

import pytest

from gateway.graph.prepare.documents import MAX_DOCUMENTS
from gateway.graph.programs import MAX_BYTES

MEGABYTES = 2**20
MOST_OPERATIONS = " ".join(f"query q{number} {{ status {{ version }} }}" for number in range(120))
LONGEST_LIST = f"query($a: [GameMode!] = [{'OSU ' * 950}]) {{ user(id: 1) {{ allStats(modes: $a) {{ id }} }} }}"
MANY_ERRORS = "{ " + " ".join(f"x: {'f' * 600}{number}" for number in range(30)) + " }"
MOSTLY_COMMENTS = "{ status { version } }" + "#\n" * 30_000


async def cached_bytes(gateway, document, times=10):
    """The average number of bytes cached for a document, over copies that differ in a comment."""
    prepare = gateway.parts.engine._documents._prepare  # noqa: SLF001
    prepare(document)
    gc.collect()
    tracemalloc.start()
    prepared = [prepare(f"{document} # {number}") for number in range(times)]
    gc.collect()
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(prepared) == times
    return size_bytes / times


@pytest.mark.parametrize("document", [MOST_OPERATIONS, LONGEST_LIST, MANY_ERRORS], ids=["operations", "list", "errors"])
async def test_counted_bytes_of_documents_are_real(gateway, document):
    documents = gateway.parts.engine._documents  # noqa: SLF001
    documents.prepare(document)
    counted_bytes = documents.cache.size
    assert 0.3 * counted_bytes < await cached_bytes(gateway, document) < 1.05 * counted_bytes


async def test_comments_are_not_cached(gateway):
    assert await cached_bytes(gateway, MOSTLY_COMMENTS) < 0.2 * MEGABYTES


async def test_document_cache_is_bounded(gateway):
    for number in range(600):
        await gateway.ask(f"{{ a{number}: status {{ version }} }}")
    assert len(gateway.parts.engine._documents.cache) == MAX_DOCUMENTS  # noqa: SLF001


async def test_programs_take_at_most_their_limit(gateway):
    peaks = " ".join(f"p{number}: peak {{ ...F }}" for number in range(29))
    query = (
        f"query ($id: ID!) {{ user(id: $id) {{ stats {{ {peaks} }} }} }} fragment F on Peak {{ globalRank accuracy }}"
    )
    engine = gateway.parts.engine
    programs = engine._programs  # noqa: SLF001
    gc.collect()
    tracemalloc.start()
    for number in range(200):
        operation = engine._documents._prepare(f"{query} # {number}")[None]  # noqa: SLF001
        operation.uses = 1
        compiled = programs.get(operation, {"id": "1"})
        for user in range(30):
            compiled.arguments({"id": str(user)})
    gc.collect()
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 50 < len(programs.cache) < 200
    assert size_bytes < MAX_BYTES


async def test_cache_of_accept_headers_is_bounded(gateway):
    gc.collect()
    tracemalloc.start()
    for number in range(400):
        long = f";x={number:030000}"
        headers = {"Accept": f"application/json{long}", "Accept-Encoding": f"gzip{long}"}
        await gateway.http.get("/graphql?query={status{version}}", headers=headers)
    gc.collect()
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes < 2 * MEGABYTES


# Of cancelled timers, which wait for the tests' clock.
TIMERS_BYTES = 100_000
SMALL = '{ user(id: "2") { stats { latest { pp } } } }'
MANY_IDS = ", ".join(f'"{user_id}"' for user_id in range(1001, 1026))
MANY_TAGS = f"{{ users(ids: [{MANY_IDS}]) {{ allStats {{ id latest {{ pp }} }} }} }}"
SERIES = '{ user(id: "2") { stats { snapshots { at pp globalRank playCount accuracy } } } }'
ENTRIES = {"small": SMALL, "many tags": MANY_TAGS, "long text": SMALL + "#" * 15_000, "large body": SERIES}


class TestWithoutCostLimit:
    @pytest.fixture
    def settings(self):
        return {"max_cost": 0}

    @pytest.mark.parametrize("query", ENTRIES.values(), ids=ENTRIES)
    async def test_counted_bytes_of_responses_are_real(self, gateway, query):
        cache = gateway.app.state.lookup.__self__.responses.cache

        async def post(number):
            body = {"query": query, "extensions": {"number": number}}
            await gateway.http.post("/graphql", json=body, headers={"Accept-Encoding": "identity"})

        for _ in range(5):  # loaded, compiled and cached
            await post(-1)
        gc.collect()
        tracemalloc.start()
        counted_before = cache.used_bytes
        for number in range(100):
            await post(number)
        gc.collect()
        size_bytes, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        counted_bytes = cache.used_bytes - counted_before
        # Responses can share tags, which count for each of them.
        assert 0.5 * counted_bytes < size_bytes < 1.05 * counted_bytes + TIMERS_BYTES

    async def test_distinct_origins_take_no_memory(self, gateway):
        cache = gateway.app.state.lookup.__self__.responses.cache
        await gateway.post(SMALL)
        for number in range(100):
            await gateway.post(SMALL, Origin=f"https://{number:030000}.example")
        assert len(cache) == 1


class TestWithoutTokenLimit:
    @pytest.fixture
    def settings(self):
        return {"max_tokens": 0, "max_depth": 0, "max_body_bytes": 2**20}

    async def test_deeply_chained_fragments_are_refused(self, gateway):
        chain = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(3000))
        error = await gateway.error(f"{{ ...f0 }} {chain} fragment f3000 on Query {{ status {{ version }} }}")
        assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert "too deeply" in error["message"]
