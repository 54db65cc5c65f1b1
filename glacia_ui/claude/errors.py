"""What can go wrong upstream, in our terms. How the SDK's errors become this: `claude/translate.py`."""

from __future__ import annotations

from glacia_ui.errors import ExternalAPIError


class UpstreamError(ExternalAPIError):
    """An ExternalAPIError that knows whether asking again may help. The codes are listed in `claude/translate.py`."""

    def __init__(self, detail: str, *, code: str, is_retryable: bool, retry_after: int | None = None) -> None:
        super().__init__(detail, code=code, retry_after=retry_after)
        self.is_retryable = is_retryable


def cut_off() -> UpstreamError:
    """The stream ended without `message_stop`, however cleanly."""
    return UpstreamError("stream ended without message_stop", code="upstream_cut", is_retryable=True)
