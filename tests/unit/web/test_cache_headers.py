"""The headers for HTTP caches: lifetimes and tags."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.records import Mode, UserMode
from gateway.settings import Settings
from gateway.store.keys import (
    BestPlaysKey,
    Name,
    Username,
    tag_of,
    tag_of_list,
    tag_of_name,
    tag_of_user_id,
    tag_of_username,
)
from gateway.store.tags import Validity, purge_tags
from gateway.web.cache.cache_headers import MAX_TAGS_BYTES, CacheHeaders, tag_headers
from tests.support.clock import Clock

AMEO = ("user:131464:OSU", 1)


def lifetime(seconds, **settings):
    clock = Clock()
    headers = CacheHeaders(Settings(_env_file=None, **settings), monotonic=clock.monotonic)
    return headers.of(Validity(clock.monotonic() + seconds, (AMEO,)))["Cache-Control"]


def test_lifetimes_are_those_of_the_data():
    assert lifetime(600) == "public, max-age=600, s-maxage=600, stale-while-revalidate=600, stale-if-error=87000"
    assert lifetime(7, revalidate_s=3, stale_s=20).endswith("s-maxage=7, stale-while-revalidate=3, stale-if-error=23")


@pytest.mark.parametrize("seconds, max_age", [(0.001, 1), (0.999, 1), (1.0, 1), (1.001, 2), (599.5, 600)])
def test_part_of_a_second_is_a_lifetime(seconds, max_age):
    assert f"max-age={max_age}, s-maxage={max_age}, " in lifetime(seconds)


@pytest.mark.parametrize("seconds", [0.0, -0.001, -700.0])
def test_data_under_refresh_have_no_lifetime(seconds):
    assert lifetime(seconds) == "public, max-age=0"


@pytest.mark.parametrize(
    "tag, text",
    [
        (tag_of(UserMode(2, Mode.OSU)), "user-2-osu"),
        (tag_of(UserMode(131464, Mode.MANIA)), "user-131464-mania"),
        (tag_of_name(Name(Username("[Cookie] Zi"), Mode.TAIKO)), "name-%5bcookie%5d_zi-taiko"),
        (tag_of_username(2), "username-2"),
        (tag_of_user_id(Username("peppy")), "user-id-peppy"),
        (tag_of_list(BestPlaysKey(Mode.CATCH, None, None, 100)), "best-catch"),
    ],
)
def test_tag_has_a_form_for_headers(tag, text):
    assert purge_tags([tag]) == [text]
    assert tag_headers([tag]) == {"Cache-Tag": text, "Surrogate-Key": text}


def test_each_tag_appears_once_in_order():
    tags = ["user:3:OSU", "user:2:OSU", "user:3:OSU", ""]
    assert tag_headers(tags) == {"Cache-Tag": "user-2-osu,user-3-osu", "Surrogate-Key": "user-2-osu user-3-osu"}


def test_data_without_tags_have_no_tag_headers():
    assert tag_headers([]) == {}


@given(st.lists(st.text(max_size=40)))
def test_tags_fit_into_headers(names):
    found = tag_headers(tag_of_user_id(Username(name)) for name in names)
    for value in found.values():
        assert len(value) <= MAX_TAGS_BYTES
        assert set(value) <= {*string.ascii_lowercase, *string.digits, *"-_.~%, "}
    if found:
        assert found["Surrogate-Key"].split(" ") == found["Cache-Tag"].split(",")


def test_response_with_too_many_tags_has_one():
    tags = [tag_of(UserMode(10_000_000 + number, Mode.OSU)) for number in range(100)]
    assert len(tag_headers(tags[:50])["Surrogate-Key"].split()) == 50
    assert tag_headers(tags) == {"Cache-Tag": "many", "Surrogate-Key": "many"}
