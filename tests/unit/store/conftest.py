"""Fixtures for the store's tests."""

import pytest

from tests.support.resources import NumberResource


@pytest.fixture
def numbers(clock):
    return NumberResource(clock)
