"""The writer of the log: it drops lines that it cannot write, and never blocks its callers."""

import errno
import io
import os
import threading
import time
from unittest.mock import Mock

import pytest

from gateway.telemetry.log_writer import LogWriter, write_to
from tests.support.waiting import wait_until


@pytest.fixture
def pipe():
    """A pipe: the file objects for reading and for writing."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as source, os.fdopen(writer, "w") as target:
        yield source, target


class Output:
    """An output that blocks until it is opened, then fails so many times, and then accepts two bytes at a time."""

    def __init__(self, failures=0, *, is_open=True):
        self.content = b""
        self.failures = failures
        self.is_open = threading.Event()
        if is_open:
            self.is_open.set()

    def write(self, content):
        self.is_open.wait(10)
        if self.failures and len(self.content) >= 4:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        self.content += bytes(content[:2])
        return min(len(content), 2)


def test_lines_are_written_in_order():
    output = Output()
    writer = LogWriter(output.write)
    for number in range(1000):
        writer.put(b"%d" % number)
    writer.close()
    assert output.content.split() == [b"%d" % number for number in range(1000)]
    assert writer.dropped == 0


def test_lines_share_a_write():
    output = io.BytesIO()
    write = Mock(side_effect=output.write)
    writer = LogWriter(write)
    for _ in range(100):
        writer.put(b"x")
    writer.close()
    assert write.call_count < 10
    assert output.getvalue() == b"x\n" * 100


def test_blocked_output_drops_lines_above_the_limit():
    output = Output(is_open=False)
    writer = LogWriter(output.write, max_bytes=100)
    for _ in range(50):
        writer.put(b"0123456789")
    assert writer.dropped == 40
    output.is_open.set()
    wait_until(lambda: len(output.content) == 110)
    writer.put(b"later")
    writer.close()
    assert output.content.count(b"\n") == 11
    assert output.content.endswith(b"later\n")


def test_close_gives_up_on_a_blocked_output():
    output = Output(is_open=False)
    writer = LogWriter(output.write)
    writer.put(b"x")
    start = time.monotonic()
    writer.close(timeout_s=0.05)
    assert time.monotonic() - start < 5
    output.is_open.set()


def test_failed_lines_are_dropped_and_counted():
    output = Output(failures=1)
    writer = LogWriter(output.write)
    for line in (b"a", b"b", b"c"):
        writer.put(line)
    wait_until(lambda: writer.dropped == 1)
    writer.put(b"d")
    writer.close()
    assert output.content == b"a\nb\nd\n"


def test_incomplete_line_is_ended_before_the_next():
    output = Output(failures=1)
    writer = LogWriter(output.write)
    writer.put(b"0123456789")
    wait_until(lambda: writer.dropped == 1)
    writer.put(b"next")
    writer.close()
    assert output.content == b"0123\nnext\n"
    assert writer.dropped == 1


def test_line_can_be_logged_while_one_is_queued():
    """As by a signal handler, or by the garbage collector."""
    output = Output()
    writer = LogWriter(output.write)

    class Logging(bytes):
        def __len__(self):
            writer.put(b"inner")
            return super().__len__()

    writer.put(Logging(b"outer"))
    writer.close()
    assert set(output.content.split()) == {b"inner", b"outer"}


def test_closed_reader_drops_lines(pipe):
    source, target = pipe
    writer = LogWriter(write_to(target))
    source.close()
    writer.put(b"x")
    writer.close()
    assert writer.dropped == 1


def test_missing_output_drops_lines():
    writer = LogWriter(write_to(None))
    writer.put(b"x")
    writer.close()
    assert writer.dropped == 1


def test_non_blocking_output_loses_nothing(pipe):
    source, target = pipe
    os.set_blocking(target.fileno(), False)
    writer = LogWriter(write_to(target))
    for _ in range(1000):
        writer.put(b"x" * 1000)
    received = io.BytesIO()
    while received.tell() < 1001 * 1000:
        received.write(source.read(2**16))
    writer.close()
    assert writer.dropped == 0
