"""The bearer tokens of clients that may update players."""

from collections.abc import Mapping, Sequence
from hmac import compare_digest


class UpdateTokens:
    """The tokens of `GATEWAY_UPDATE_TOKENS`; without any, every client may update players."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens

    def allow(self, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers may update players."""
        return not self._tokens or self.has_token(headers)

    def has_token(self, headers: Mapping[str, str]) -> bool:
        """Whether a request has a valid token."""
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        # Every token is compared in constant time: timing must not reveal a part of one.
        matches = [compare_digest(credentials.strip().encode(), token.encode()) for token in self._tokens]
        return scheme.lower() == "bearer" and any(matches)
