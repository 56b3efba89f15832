"""When osu!track is asked again, the log says so."""

import logging

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

log = logging.getLogger(__name__)


def log_retries() -> None:
    """For the whole process: in our words, instead of all that stamina knows."""
    set_on_retry_hooks([_told])


def _told(details: RetryDetails) -> None:
    facts = {"endpoint": details.name, "retry": details.retry_num, "because": getattr(details.caused_by, "code", "")}
    log.info("osu!track is asked again", extra=facts)
