"""uvicorn's log lines about a failed start, with the operator's next step."""

import errno
import logging
import re
from socket import gaierror

ADVICE = {
    errno.EADDRINUSE: "Another program uses the port: stop it, or set GATEWAY_PORT.",
    errno.EACCES: "The port needs privileges: set GATEWAY_PORT to one from 1024, behind a proxy.",
    errno.EADDRNOTAVAIL: "This machine does not have the address: check GATEWAY_HOST.",
}
UNKNOWN_HOST = "The name has no address: check GATEWAY_HOST."
# The supervisor logs the death of a worker itself, as an error with its cause.
WORKER_DIED = re.compile(r"Child process \[\d+\] died")


def with_advice(exc: OSError) -> str:
    """The message of an error of a listening socket, and the remedy if there is a known one."""
    advice = UNKNOWN_HOST if isinstance(exc, gaierror) else ADVICE.get(exc.errno or 0, "")
    return f"{exc}. {advice}" if advice else str(exc)


def explain(record: logging.LogRecord) -> bool:
    """A filter for uvicorn's logger: adds the advice, and drops lines that repeat those of the gateway."""
    if isinstance(record.msg, OSError):
        record.msg = with_advice(record.msg)
    return not WORKER_DIED.fullmatch(str(record.msg))
