"""The names, meanings and labels of the metrics, and the values of labels that exist before the first event."""

from collections.abc import Iterable
from itertools import product
from typing import Literal

from gateway.error_codes import CODES
from gateway.errors import UpstreamBusy, UpstreamInvalid, UpstreamRejected, UpstreamTimeout, UpstreamUnavailable

# Written by the supervisor of several workers, which has no registry.
WORKER_DEATHS = "gateway_worker_deaths"
WORKER_DEATHS_MEANING = "Worker processes that have ended unexpectedly, and were replaced."
# Counters: name, meaning, labels. The collector updates them, of `gateway_requests` the cache hits only, and not the
# calls of tools and the requests to osu!track; the server counts its slow clients.
COUNTERS = (
    (
        "gateway_requests",
        "GraphQL requests: response-cache hits, and misses, which are executed or refused.",
        ("operation", "outcome", "cache"),
    ),
    (
        "gateway_error_codes",
        "Responses with an error of this code, also as a part of their errors.",
        ("code",),
    ),
    (
        "gateway_update_tokens_refused",
        "Updates refused for their bearer token, by the reason: missing, or wrong.",
        ("reason",),
    ),
    (
        "gateway_tool_calls",
        "Calls of tools by AI assistants (`/mcp`), by their outcome: ok, errors, refused, or failed.",
        ("tool", "outcome"),
    ),
    (
        "gateway_records_served",
        "Reads of the store: fresh, revalidating, stale, or loaded from osu!track.",
        ("resource", "freshness"),
    ),
    (
        "gateway_executed_operations",
        "Executed operations: compiled, by graphql-core with compiled lists (lists), or without (interpreted).",
        ("execution",),
    ),
    ("gateway_cache_evictions", "Entries evicted to stay within the memory limit.", ("cache",)),
    (
        "gateway_redis_reads",
        "Lookups in Redis before a request to osu!track: hit, miss, or unreadable.",
        ("result",),
    ),
    ("gateway_log_lines_dropped", "Log lines dropped because standard output is blocked, full or closed.", ()),
    (
        "gateway_purges",
        "Purges sent to the edge cache: ok, or failed, which are repeated.",
        ("outcome",),
    ),
    ("gateway_purge_tags_dropped", "Tags dropped because too many waited for a purge of the edge cache.", ()),
    ("gateway_redis_disconnects", "Losses of the connection to Redis.", ()),
    (
        "gateway_upstream_pauses",
        "Pauses of a class of requests: after failures, or because osu!track blocks the gateway.",
        ("class", "reason"),
    ),
    (
        "gateway_upstream_failures",
        "Failures of requests to osu!track that its state counts, by cause, such as dns, refused, or tls_untrusted.",
        ("class", "kind"),
    ),
    (
        "gateway_upstream_requests",
        "Requests to osu!track; the outcome is `ok`, an error code, or `cancelled`.",
        ("endpoint", "outcome"),
    ),
    ("gateway_upstream_rows_dropped", "Invalid rows in osu!track's responses, which were dropped.", ("endpoint",)),
    (
        "gateway_slow_clients_closed",
        "Connections closed because the client stopped reading, or read slowly while a limit was reached.",
        ("cause",),
    ),
    (
        "gateway_responses_refused",
        "Large responses replaced by `UNREAD_RESPONSES`, by the limit: that of the client, or the total.",
        ("cause",),
    ),
    (WORKER_DEATHS, WORKER_DEATHS_MEANING, ()),
    ("process_cpu_seconds", "CPU time of the gateway's processes, in seconds.", ()),
)
# Gauges that are updated by the collector: name, meaning, labels, and their aggregation over worker processes.
GAUGES: tuple[tuple[str, str, tuple[str, ...], Literal["livemax", "livemin", "livesum"]], ...] = (
    (
        "gateway_upstream_state",
        "1 for the current state of osu!track in each class: UP, DEGRADED, or DOWN (requests are paused).",
        ("class", "state"),
        "livemax",
    ),
    (
        "gateway_upstream_budget_remaining",
        "Requests left in the budget; missing for unlimited budgets.",
        ("budget",),
        "livemin",
    ),
    (
        "gateway_upstream_budget_per_minute",
        "Present request budget per minute: lower than its setting for an hour after a 429; missing if unlimited.",
        ("budget",),
        "livemin",
    ),
    (
        "gateway_upstream_budget_setting_per_minute",
        "Request budget per minute according to its setting; missing if unlimited.",
        ("budget",),
        "livemin",
    ),
    (
        "gateway_upstream_waiting_clients",
        "Clients with a request that waits for the budget; background refreshes are not counted.",
        ("budget",),
        # The same client may wait in several processes.
        "livemax",
    ),
    ("gateway_cache_bytes", "Approximate size of a cache in bytes.", ("cache",), "livesum"),
    ("gateway_cache_entries", "Number of entries in a cache.", ("cache",), "livesum"),
    ("gateway_unsent_bytes", "Memory of the large responses that clients are reading.", (), "livesum"),
    ("gateway_purge_tags_waiting", "Tags that wait for a purge of the edge cache.", (), "livesum"),
    ("gateway_redis_up", "1 while Redis is connected, 0 if it is unavailable or not configured.", (), "livemin"),
    (
        "gateway_custom_protocol",
        "1 if the gateway's own HTTP protocol serves requests; 0 with uvicorn's, after a failed self-check.",
        (),
        "livemin",
    ),
    ("gateway_build_info", "1, with the versions of the gateway and of Python.", ("version", "python"), "livemax"),
    ("gateway_replicas", "`REPLICAS`: the number of gateways, as configured.", (), "livemax"),
    ("process_resident_memory_bytes", "Resident memory of the gateway's processes, in bytes.", (), "livesum"),
    ("process_open_fds", "Open file descriptors of the gateway's processes.", (), "livesum"),
    ("process_max_fds", "Maximum number of open file descriptors of a process.", (), "livemin"),
    ("process_start_time_seconds", "Start of the oldest process, in seconds since 1970.", (), "livemin"),
)
# Values of labels that alerts or rates need before the first event, as Prometheus computes no increase without them.
OUTCOMES = ("ok", "errors", "refused", "failed")
UPSTREAM_OUTCOMES = (
    "ok",
    "cancelled",
    *(error.code for error in (UpstreamBusy, UpstreamInvalid, UpstreamRejected, UpstreamTimeout, UpstreamUnavailable)),
)
EXPECTED: dict[str, Iterable[tuple[str, ...]]] = {
    "gateway_requests": tuple(product(("query", "mutation", "none"), OUTCOMES, ("miss",))),
    "gateway_error_codes": tuple((code,) for code in CODES),
    "gateway_update_tokens_refused": (("missing",), ("wrong",)),
    "gateway_executed_operations": (("compiled",), ("lists",), ("interpreted",)),
    "gateway_purges": (("ok",), ("failed",)),
}
