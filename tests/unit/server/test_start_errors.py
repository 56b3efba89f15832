"""Log lines of a failed start name the remedy."""

import errno
import logging
import os
from socket import gaierror

import pytest

from gateway.server.start_errors import explain


def explained(message, *arguments):
    """The text that is logged, or None."""
    record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, message, arguments, None)
    return record.getMessage() if explain(record) else None


@pytest.mark.parametrize(
    "code,remedy",
    [
        (errno.EADDRINUSE, "set GATEWAY_PORT."),
        (errno.EACCES, "set GATEWAY_PORT to one from 1024, behind a proxy."),
        (errno.EADDRNOTAVAIL, "check GATEWAY_HOST."),
    ],
)
def test_socket_error_has_a_remedy(code, remedy):
    text = explained(OSError(code, os.strerror(code)))
    assert text.startswith(f"[Errno {code}] {os.strerror(code)}. ")
    assert text.endswith(remedy)


def test_unknown_host_has_a_remedy():
    assert explained(gaierror(-2, "Name or service not known")).endswith("check GATEWAY_HOST.")


def test_other_error_is_unchanged():
    assert explained(OSError(errno.EPIPE, "Broken pipe")) == f"[Errno {errno.EPIPE}] Broken pipe"


def test_only_the_death_of_workers_is_dropped():
    assert explained("Child process [71] died") is None
    assert explained("Waiting for child process [%s]", 71) == "Waiting for child process [71]"
