"""The bearer tokens of clients that may update players."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from hmac import compare_digest

from gateway.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

# At most one log line about wrong tokens in this time.
LOG_INTERVAL_S = 60.0


class UpdateTokens:
    """The tokens of `GATEWAY_UPDATE_TOKENS`; without any, every client may update players."""

    def __init__(
        self,
        tokens: Sequence[str],
        *,
        metrics: Metrics | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._metrics = metrics or Metrics()
        self._monotonic = monotonic
        self._wrong = 0
        self._log_at = float("-inf")

    def allow(self, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers may update players."""
        return not self._tokens or self.has_token(headers)

    def has_token(self, headers: Mapping[str, str]) -> bool:
        """Whether a request has a valid token."""
        return self.place(headers) is not None

    def place(self, headers: Mapping[str, str]) -> int | None:
        """The place of a request's token in the setting, from 1; None without a valid token."""
        given = _bearer(headers)
        # Every token is compared in constant time: timing must not reveal a part of one.
        matches = [compare_digest(given.encode(), token.encode()) for token in self._tokens]
        return matches.index(True) + 1 if given and any(matches) else None

    def report_refusal(self, headers: Mapping[str, str]) -> None:
        """Count an update that was refused for the token in these headers, and log wrong tokens once a minute."""
        is_wrong = bool(_bearer(headers))
        self._metrics.count_refused_token("wrong" if is_wrong else "missing")
        if not is_wrong:
            return
        self._wrong += 1
        now = self._monotonic()
        if now >= self._log_at:
            log.warning("Updates were refused for a wrong token", extra={"count": self._wrong})
            self._wrong, self._log_at = 0, now + LOG_INTERVAL_S


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""
