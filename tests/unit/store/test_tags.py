"""Generations of tags: order and expiry."""

import pytest

from gateway.store.tags import Generations


@pytest.fixture
def generations(clock):
    return Generations(600, clock=clock)


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
