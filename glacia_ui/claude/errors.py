"""What can go wrong upstream, in our terms. How the SDK's errors become this: `claude/translate.py`."""

from __future__ import annotations

from glacia_ui.core.outcomes import FAILURES
from glacia_ui.errors import ExternalAPIError


class UpstreamError(ExternalAPIError):
    """An ExternalAPIError with a code of `core.outcomes.FAILURES`, where it stands whether asking again may help."""

    def __init__(self, detail: str, *, code: str, retry_after: int | None = None) -> None:
        super().__init__(detail, code=code, retry_after=retry_after)
        self.is_retryable = FAILURES[code].is_asked_again


def cut_off() -> UpstreamError:
    """The stream ended without `message_stop`, however cleanly."""
    return UpstreamError("stream ended without message_stop", code="upstream_cut")
