"""Generations of tags: order and expiry."""

import pytest

from gateway.store.tags import Generations


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
