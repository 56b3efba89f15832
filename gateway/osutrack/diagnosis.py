"""The cause of a failed request for operators: a label for metrics, a sentence with the facts, and a remedy.

Clients do not receive it, as it names hosts and details of the network.
"""

import logging
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx

from gateway.errors import UpstreamBusy, UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from gateway.telemetry.request_context import current_request

log = logging.getLogger(__name__)

# OpenSSL's `X509_V_ERR_…` codes.
CERTIFICATE_DATES = {9, 10}
NAME_MISMATCHES = {62, 64}

# Proxy authentication and network authentication required.
PROXY_STATUSES = {407, 511}
# Statuses of web pages that others than the service send. osu!track's own page with 404 means a wrong path.
BLOCK_STATUSES = {401, 403, 451, *PROXY_STATUSES}
# The start of a web page in place of JSON, such as a block page; osu!track's own errors are plain sentences.
PAGE = re.compile(r"\s*(<!doctype html|<html|<head)", re.IGNORECASE)
TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
MAX_SEARCHED_BYTES, MAX_TITLE = 8192, 80

KINDS: dict[type[UpstreamError], str] = {
    UpstreamBusy: "busy",
    UpstreamTimeout: "timeout",
    UpstreamInvalid: "invalid",
    UpstreamUnavailable: "server_error",
}
REMEDIES = {
    "dns": "Check the host name in the setting and this machine's DNS; behind a proxy, set GATEWAY_UPSTREAM_PROXY.",
    "refused": "The service is down, or the setting has the wrong host or port.",
    "unreachable": "Check this machine's network; behind a proxy, set GATEWAY_UPSTREAM_PROXY.",
    "connect_timeout": "A firewall may drop the packets: allow outgoing connections, or set GATEWAY_UPSTREAM_PROXY.",
    "tls_untrusted": "If a proxy of your network inspects TLS, set GATEWAY_UPSTREAM_CA to its certificate.",
    "tls_dates": "Check this machine's clock. If it is right, the server's certificate must be renewed.",
    "tls_hostname": "Check the host name in the setting; a proxy or a captive portal may answer instead.",
    "tls": "Check whether the setting should begin with http:// instead of https://.",
    "proxy": "Check the address, user and password in GATEWAY_UPSTREAM_PROXY.",
    "disconnected": "The service or a proxy on the way is overloaded or restarting: wait, and check your own proxies.",
    "timeout": "The service is slow or overloaded: wait. GATEWAY_READ_TIMEOUT_S is the limit.",
    "busy": "Wait; lower the GATEWAY_…_PER_MINUTE settings if this repeats.",
    "redirect": "If the service has moved, set its new address; a captive portal of your network redirects too.",
    "web_page": "A proxy, a firewall or a DDoS protection answers instead of the service: ask your network's"
    " administrator, or the service's owner whether this machine's address is blocked.",
    "forbidden": "The service blocks this machine's address or its requests: contact its owner.",
    "server_error": "The service or a proxy in front of it is failing: wait.",
    "status": "Check the path in the setting. If it is right, the API has changed: please report it.",
    "invalid": "The API may have changed: please report it.",
}


class Diagnosis(NamedTuple):
    """`kind` is a label of `gateway_upstream_failures_total`; `cause` is a clause without a full stop."""

    kind: str
    cause: str

    @property
    def remedy(self) -> str:
        """The operator's next step, in one sentence."""
        return REMEDIES[self.kind]

    def __str__(self) -> str:
        return f"{self.cause}. {self.remedy}"


def diagnose(error: UpstreamError) -> Diagnosis:
    """The cause of an error of this package, from the exception that it was raised from."""
    if isinstance(error.__cause__, httpx.TransportError | TimeoutError):
        return _of_exception(error.__cause__)
    cause = cause_of(error)
    if error.web_page is not None and (isinstance(error, UpstreamInvalid) or error.status in BLOCK_STATUSES):
        status = f" with status {error.status}" if error.status else ""
        title = f": {error.web_page!r}" if error.web_page else " without a title"
        return Diagnosis("web_page", f"the response is a web page{status}{title}")
    return Diagnosis(_kind(error), cause)


def cause_of(error: UpstreamError) -> str:
    """The first sentence of the error's message; the others are advice for clients."""
    return error.message.partition(". ")[0].removesuffix(".")


def web_page_title(body: bytes) -> str | None:
    """The title of an HTML page, empty if it has none; None for other texts."""
    start = body[:MAX_SEARCHED_BYTES].decode("utf-8", "replace")
    if not PAGE.match(start):
        return None
    title = TITLE.search(start)
    return " ".join(title[1].split())[:MAX_TITLE] if title else ""


@contextmanager
def recognize_page(body: bytes) -> Iterator[None]:
    """Note in an error of the block that the body is a web page, as from a proxy or a DDoS protection."""
    try:
        yield
    except UpstreamError as exc:
        exc.web_page = web_page_title(body)
        raise


@contextmanager
def log_failure(endpoint: str) -> Iterator[None]:
    """Log an error of the block with its cause, at the level `debug`, and note its kind for the client's request."""
    try:
        yield
    except UpstreamError as exc:
        diagnosis, request_context = diagnose(exc), current_request.get()
        if request_context and diagnosis.kind not in request_context.causes:
            request_context.causes.append(diagnosis.kind)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("Request failed", extra={"endpoint": endpoint, "kind": diagnosis.kind, "cause": diagnosis.cause})
        raise


def _kind(error: UpstreamError) -> str:
    if error.redirected:
        return "redirect"
    if error.status in PROXY_STATUSES:
        return "proxy"
    if error.status == httpx.codes.FORBIDDEN:
        return "forbidden"
    return next((kind for known, kind in KINDS.items() if isinstance(error, known)), "status")


def _of_exception(error: httpx.TransportError | TimeoutError) -> Diagnosis:
    if isinstance(error, httpx.ProxyError) and isinstance(error.__cause__, httpx.TransportError):
        return Diagnosis("proxy", _of_connection(error.__cause__, "the proxy").cause)
    return _of_connection(error, _address(error))


def _of_connection(error: httpx.TransportError | TimeoutError, address: str) -> Diagnosis:
    for reason in reasons(error):
        diagnosis = _of_reason(reason, address)
        if diagnosis:
            return diagnosis
    details = f" ({error})" if str(error) else ""
    if isinstance(error, httpx.ConnectTimeout):
        return Diagnosis("connect_timeout", f"{address} did not accept a connection in time")
    if isinstance(error, httpx.ConnectError):
        return Diagnosis("unreachable", f"{address} is unreachable{details}")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Diagnosis("timeout", f"{address} did not answer in time")
    return Diagnosis("disconnected", f"{address} closed the connection{details}")


def _of_reason(reason: BaseException, address: str) -> Diagnosis | None:
    match reason:
        case socket.gaierror():
            return Diagnosis("dns", f"the host name of {address} cannot be resolved ({reason.strerror})")
        case ssl.SSLCertVerificationError():
            return _of_certificate(reason, address)
        case ssl.SSLError():
            return Diagnosis("tls", f"the TLS handshake with {address} failed ({reason.reason or reason})")
        case httpx.ProxyError():
            return Diagnosis("proxy", f"the proxy failed: {reason}")
        case ConnectionRefusedError():
            return Diagnosis("refused", f"{address} refused the connection")
    return None


def _of_certificate(error: ssl.SSLCertVerificationError, address: str) -> Diagnosis:
    code = error.verify_code
    kind = "dates" if code in CERTIFICATE_DATES else "hostname" if code in NAME_MISMATCHES else "untrusted"
    return Diagnosis(f"tls_{kind}", f"the certificate of {address} is not trusted ({error.verify_message or error})")


def reasons(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those that it was raised from; those in groups too, as from several addresses of a host."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from reasons(member)
        error = error.__cause__ or error.__context__


def _address(error: BaseException) -> str:
    try:
        url: httpx.URL = error.request.url  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):
        return "the server"
    return f"{url.scheme}://{url.netloc.decode()}"
