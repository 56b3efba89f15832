"""Generations: what an update made old never counts again."""

import pytest

from gateway.store.tags import Generations


@pytest.fixture
def generations(clock):
    return Generations(600, clock=clock)


def test_raising_a_tag_leaves_the_others_alone(generations):
    generations.bump("a")

    assert generations.of("a") > generations.of("b") == 0


def test_a_later_number_is_higher_whatever_the_tag(generations):
    generations.bump("a")
    generations.bump("b")

    assert generations.of("b") > generations.of("a")


def test_a_tag_is_forgotten_only_when_nothing_from_before_can_be_held(generations, clock):
    generations.bump("a")
    clock.move(600)
    generations.bump("b")
    assert generations.of("a") > 0

    clock.move(1)
    generations.bump("c")
    assert generations.of("a") == 0


def test_a_tag_that_is_raised_again_is_kept_for_longer(generations, clock):
    generations.bump("a")
    generations.bump("b")
    clock.move(500)
    generations.bump("a")
    clock.move(500)
    generations.bump("c")

    assert len(generations) == 2
    assert generations.of("a") > 0
