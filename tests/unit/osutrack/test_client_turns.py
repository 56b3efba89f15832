"""The turns of clients: order, shared requests, and the part of the budget that each may use."""

import asyncio
from contextlib import ExitStack

import pytest

from gateway.osutrack.client_turns import MAX_CLIENTS, SERVED_S, ClientTurns
from gateway.shared.claim import Claim
from gateway.shared.local_window import WINDOW_S
from gateway.telemetry.clients import Clients, current_clients, running_for
from tests.support.event_loop import run_ready_tasks


@pytest.fixture
def turns(clock):
    return ClientTurns(clock.monotonic)


@pytest.fixture
def queue(turns):
    """Queues requests until the end of the test."""
    with ExitStack() as waiting:

        def enqueue(*names, background=False, slots_are_free=lambda: True):
            clients = names[0] if names and isinstance(names[0], Clients) else Clients(*names)
            queued = turns.queued(clients, background=background, slots_are_free=slots_are_free)
            return waiting.enter_context(queued)

        yield enqueue


def serve(turns, clock, *names):
    for name in names:
        turns.record([name])
        clock.move(1)


def test_client_served_longest_ago_goes_first(turns, clock, queue):
    serve(turns, clock, "a", "b", "c", "a")
    queue("a"), queue("c"), queue("b")
    assert turns.front().names == {"b": None}


def test_new_client_goes_before_known_ones(turns, clock, queue):
    serve(turns, clock, "a")
    queue("a"), queue("new")
    assert turns.front().names == {"new": None}


def test_requests_of_one_client_keep_their_order(turns, queue):
    first = queue("a")
    queue("a")
    assert turns.front() is first


def test_request_without_client_goes_before_known_clients(turns, clock, queue):
    serve(turns, clock, "a")
    queue("a")
    own = queue()
    assert turns.front() is own


def test_service_of_the_same_moment_has_an_order(turns, queue):
    turns.record(["b"])
    turns.record(["a"])
    queue("a"), queue("b")
    assert turns.front().names == {"b": None}


def test_background_goes_last_with_turns_of_its_own(turns, queue):
    turns.record(["a"], background=True)
    queue("a", background=True)
    other = queue("b", background=True)
    assert turns.front() is other
    interactive = queue("a")
    assert turns.front() is interactive


def test_shared_request_has_the_best_turn(turns, clock, queue):
    serve(turns, clock, "b", "c", "a")
    queue("c")
    shared = queue("a", "b")
    assert turns.front() is shared


def test_client_that_joins_moves_the_request_forward(turns, clock, queue):
    serve(turns, clock, "b", "c", "a")
    clients = Clients("a")
    shared, other = queue(clients), queue("c")
    before = turns.front()
    clients.add("b")
    assert (before, turns.front()) == (other, shared)


def test_client_can_join_after_the_request_left(turns):
    clients = Clients("a")
    with turns.queued(clients, background=False, slots_are_free=lambda: True):
        pass
    clients.add("b")
    assert turns.front() is None


def test_all_clients_of_a_request_are_served(turns, clock, queue):
    shared = queue("a", "b")
    turns.serve(shared)
    serve(turns, clock, "c")
    assert turns.claim(queue("a")) == turns.claim(queue("b")) == Claim(keeps_reserve=True, paced=True, waited_s=1)


def test_others_overtake_a_request_without_its_slots(turns, queue):
    queue("a", slots_are_free=lambda: False)
    other = queue("b")
    assert turns.front() is other


async def test_waiter_at_front_proceeds_when_others_leave(turns, queue):
    with turns.queued(Clients("a"), background=False, slots_are_free=lambda: True):
        waiting = asyncio.ensure_future(turns.wait(queue("b")))
        await run_ready_tasks()
        assert not waiting.done()
    await waiting


class TestClaim:
    def test_new_client_may_use_the_whole_budget(self, turns, clock, queue):
        serve(turns, clock, "a", "b")
        assert turns.claim(queue("new")) == Claim(waited_s=SERVED_S)

    def test_client_served_in_this_minute_keeps_the_reserve(self, turns, clock, queue):
        turns.record(["a"])
        clock.move(WINDOW_S - 1)
        before = turns.claim(queue("a"))
        clock.move(1)
        assert (before.keeps_reserve, turns.claim(queue("a")).keeps_reserve) == (True, False)

    def test_only_client_is_not_paced(self, turns, queue):
        turns.record(["a"])
        assert not turns.claim(queue("a")).paced

    def test_known_clients_are_paced_beside_others(self, turns, clock, queue):
        serve(turns, clock, "a", "b")
        assert turns.claim(queue("a")).paced
        clock.move(SERVED_S)
        assert not turns.claim(queue("a")).paced

    def test_background_keeps_the_reserve_without_precedence(self, turns, clock, queue):
        assert turns.claim(queue("a", background=True)) == Claim(keeps_reserve=True)

    def test_shared_request_has_its_best_claim(self, turns, clock, queue):
        serve(turns, clock, "a", "b")
        assert turns.claim(queue("a", "new")) == Claim(waited_s=SERVED_S)


def test_known_clients_are_bounded(turns):
    turns.record(str(number) for number in range(MAX_CLIENTS + 5))
    assert len(turns._served[False]) == MAX_CLIENTS  # noqa: SLF001


def test_clients_are_forgotten_after_ten_minutes(turns, clock):
    serve(turns, clock, "a", "b")
    clock.move(SERVED_S)
    turns.record(["c"])
    assert list(turns._served[False]) == ["c"]  # noqa: SLF001


def test_waiting_clients_are_counted_once(turns, queue):
    queue("a"), queue("a"), queue("b"), queue("c", background=True)
    assert turns.waiting_clients == 2


async def test_tasks_run_for_the_selected_clients():
    async def names():
        seen: list[str] = []
        current_clients().follow(seen.append)
        return seen

    with running_for(Clients("a")):
        task = asyncio.ensure_future(names())
    assert (await task, await names()) == (["a"], [])
