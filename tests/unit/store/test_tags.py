"""Generations of tags: order and expiry."""

import pytest

from gateway.store.tags import MAX_TAGS, Generations


@pytest.fixture
def generations(clock):
    return Generations(600, clock=clock, monotonic=clock.monotonic)


def test_bump_affects_one_tag(generations):
    generations.bump("a")

    assert generations.of("a") > generations.of("b") == 0


def test_later_bump_is_higher_across_tags(generations):
    generations.bump("a")
    generations.bump("b")

    assert generations.of("b") > generations.of("a")


def test_generation_expires_after_its_lifetime(generations, clock):
    generations.bump("a")
    clock.move(600)
    generations.bump("b")
    assert generations.of("a") > 0

    clock.move(1)
    generations.bump("c")
    assert generations.of("a") == 0


def test_second_bump_extends_the_lifetime(generations, clock):
    generations.bump("a")
    generations.bump("b")
    clock.move(500)
    generations.bump("a")
    clock.move(500)
    generations.bump("c")

    assert len(generations) == 2
    assert generations.of("a") > 0


@pytest.mark.parametrize("step_s", [-3600, 86_400])
def test_clock_step_drops_no_generation(generations, clock, step_s):
    before = generations.bump("a")
    clock.step(step_s)
    generations.bump("b")

    assert generations.of("a") == before
    assert generations.bump("a") > generations.of("b") > before


def test_number_of_generations_is_bounded(generations):
    for number in range(2 * MAX_TAGS):
        generations.bump(f"tag {number}")
    assert MAX_TAGS / 2 < len(generations) <= MAX_TAGS


def test_surplus_generations_invalidate_at_least_their_tags(generations):
    first, other = generations.bump("first"), generations.of("other")
    for number in range(MAX_TAGS):
        generations.bump(f"tag {number}")
    last = f"tag {MAX_TAGS - 1}"
    assert generations.of("first") >= first
    assert not generations.are_current((("first", first - 1),))
    assert not generations.are_current((("other", other),))
    assert generations.are_current((("first", generations.of("first")), (last, generations.of(last))))
    assert generations.of(last) > generations.of("other")
