"""Cooldowns on disk: restarts, stepped clocks, and damaged files."""

import logging
import os

import pytest

from gateway.settings import BadSettings, Settings
from gateway.store.cooldown_file import FILE, MAX_LINES, CooldownFile, check_state_dir
from tests.support.clock import HOUR_S

COOLDOWN_S = 900
KEY = "user:2:OSU"


@pytest.fixture
def start(tmp_path, clock):
    """Starts a process with the same folder."""
    return lambda: CooldownFile(tmp_path / "state", cooldown_s=COOLDOWN_S, clock=clock)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / FILE


def test_cooldown_survives_a_restart(start, clock):
    start().put(KEY, COOLDOWN_S)
    clock.move(300)

    assert start().load() == {KEY: 600}


def test_ended_cooldown_is_forgotten(start, clock):
    start().put(KEY, COOLDOWN_S)
    clock.move(COOLDOWN_S)

    assert start().load() == {}


def test_last_line_of_a_key_counts(start):
    cooldowns = start()
    cooldowns.put(KEY, COOLDOWN_S)
    cooldowns.put("user:3:OSU", COOLDOWN_S)
    cooldowns.put(KEY, 0)

    assert start().load() == {"user:3:OSU": COOLDOWN_S}


@pytest.mark.parametrize("step_s, remaining", [(-HOUR_S, {KEY: COOLDOWN_S}), (HOUR_S, {})])
def test_stepped_clock_gives_at_most_one_cooldown(start, clock, step_s, remaining):
    start().put(KEY, COOLDOWN_S)
    clock.step(step_s)

    assert start().load() == remaining


@pytest.mark.parametrize(
    "garbage", [b"\xff\x00", b'["\xff", 1]', b'["user:1:OSU", ', b'["user:1:OSU"]', b"{}", b"\n\n", b'["a", "b"]']
)
def test_damaged_lines_are_ignored(start, path, garbage):
    start().put(KEY, COOLDOWN_S)
    path.write_bytes(garbage + b"\n" + path.read_bytes() + b"\n" + garbage)
    start().put("user:3:OSU", COOLDOWN_S)

    assert start().load() == {KEY: COOLDOWN_S, "user:3:OSU": COOLDOWN_S}


def test_infinite_cooldown_is_limited(start, path):
    start()
    path.write_text(f'["{KEY}", 1e999]')

    assert start().load() in ({KEY: COOLDOWN_S}, {})


def test_line_after_an_incomplete_one_counts(start, path):
    cooldowns = start()
    path.write_bytes(b'["user:1:OSU", 17')
    cooldowns.put(KEY, COOLDOWN_S)

    assert start().load() == {KEY: COOLDOWN_S}


def test_file_does_not_grow_without_limit(start, path, clock):
    cooldowns = start()
    for _ in range(2 * MAX_LINES):
        cooldowns.put(KEY, COOLDOWN_S)

    assert len(path.read_bytes().splitlines()) <= MAX_LINES + 2


def test_unwritable_folder_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(BadSettings, match=r"GATEWAY_STATE_DIR: .*file.* is not writable"):
        CooldownFile(tmp_path / "file" / "state", cooldown_s=COOLDOWN_S)


@pytest.fixture
def read_only_folder(tmp_path):
    """A read-only folder, and a user to whom permissions apply."""
    tmp_path.chmod(0o555)
    uid = os.geteuid()
    os.seteuid(uid or 65_534)
    yield tmp_path
    os.seteuid(uid)


def test_read_only_folder_is_named(read_only_folder):
    with pytest.raises(BadSettings, match=r"GATEWAY_STATE_DIR: .* is not writable"):
        CooldownFile(read_only_folder, cooldown_s=COOLDOWN_S)


def test_read_only_folder_is_named_without_writing(read_only_folder):
    for folder in (read_only_folder, read_only_folder / "new" / "state"):
        with pytest.raises(BadSettings, match=r"GATEWAY_STATE_DIR: .* is not writable"):
            check_state_dir(Settings(_env_file=None, state_dir=folder))


def test_later_failure_is_logged_once(start, path, caplog):
    cooldowns = start()
    path.unlink()
    path.mkdir()
    for _ in range(3):
        cooldowns.put(KEY, COOLDOWN_S)

    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_damaged_lines_are_logged_once(start, path, caplog):
    start().put(KEY, COOLDOWN_S)
    path.write_bytes(path.read_bytes() + b'\n["user:3:OSU", 1\ngarbage\n')

    assert start().load() == {KEY: COOLDOWN_S}
    assert [record.lines for record in caplog.records] == [2]
