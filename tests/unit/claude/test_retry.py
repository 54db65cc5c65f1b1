"""One attempt and up to three more, after 1, 2 and 4 seconds or what the upstream asks for."""

from __future__ import annotations

import pytest

from glacia_ui.claude.errors import UpstreamError
from glacia_ui.claude.retry import Retries


def busy(retry_after: int | None = None, *, code: str = "upstream_overloaded") -> UpstreamError:
    return UpstreamError("busy", code=code, retry_after=retry_after)


def test_three_more() -> None:
    retries = Retries()
    waits = []
    for number in (1, 2, 3):
        assert retries.attempt == number
        waits.append(retries.after(busy()))
    assert waits == [1.0, 2.0, 4.0]
    last = busy()
    with pytest.raises(UpstreamError) as raised:
        retries.after(last)
    assert raised.value is last
    assert retries.attempt == 4


@pytest.mark.parametrize(("asked", "wait"), [(0, 1.0), (1, 1.0), (2, 2.0), (30, 30.0)])
def test_the_longer_of_both_waits(asked: int, wait: float) -> None:
    assert Retries().after(busy(asked)) == wait


@pytest.mark.parametrize("error", [busy(31), busy(code="upstream_key")])
def test_not_worth_it(error: UpstreamError) -> None:
    retries = Retries()
    with pytest.raises(UpstreamError):
        retries.after(error)
    assert retries.attempt == 1
