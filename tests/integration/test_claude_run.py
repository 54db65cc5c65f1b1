"""The real SDK over the built-in model's transport: what is asked again, what is not, what a reader sees meanwhile."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import pytest

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo import DemoTransport, Fault, Faults
from glacia_ui.core.agent import ModelResult
from glacia_ui.core.events import VISIBLE, NewEvent
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.staging import Staging
from glacia_ui.errors import ExternalAPIError
from tests.support.deltas import count_deltas

MODEL = "claude-sonnet-5-5"
PROMPT = "a landing page for a bakery"


class Studio:
    """A Claude on a transport that may fail, with waits that are noted and not slept."""

    def __init__(self, faults: Sequence[Fault | None] = (), *, speed: float = math.inf) -> None:
        self.transport = DemoTransport(speed=speed, faults=Faults(faults))
        self.waits: list[float] = []
        self.claude = Claude(
            api_key="test", transport=self.transport, is_simulated=True, silence_seconds=0.05, sleep=self._skip
        )
        self.events: list[NewEvent] = []
        self.error: ExternalAPIError | None = None

    async def _skip(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    async def run(self, prompt: str = PROMPT, files: dict[str, str] | None = None) -> ModelResult:
        """One generation to its end, which may be an error."""
        files = files or {}
        async with self.claude.run(ModelRequest(prompt, MODEL, files), Staging(files)) as run:
            try:
                async for event in run:
                    self.events.append(event)
            except ExternalAPIError as error:
                self.error = error
        await self.claude.aclose()
        assert self.transport.open_streams == 0
        return run.result()

    def said(self, kind: str) -> str:
        """All text of one type of event."""
        return "".join(data["text"] for type_, data in self.events if type_ == kind)

    @property
    def is_visible(self) -> bool:
        return any(type_ in VISIBLE for type_, _ in self.events)


DELTAS = asyncio.run(count_deltas(PROMPT, MODEL))


async def test_a_page_is_written_in_front_of_the_reader() -> None:
    studio = Studio()
    result = await studio.run()
    assert (result.outcome, result.attempts, studio.error) == ("committed", 1, None)
    assert [change["path"] for change in result.changes] == ["index.html", "script.js", "style.css"]
    assert studio.said("message.delta") == result.text
    assert studio.said("thinking.delta") == result.thinking
    written = "".join(str(change["content"]) for change in sorted(result.changes, key=lambda c: _order(c["path"])))
    assert studio.said("file.delta") == written
    assert result.card is not None
    assert result.card.added == sum(str(change["content"]).count("\n") for change in result.changes)
    phases = [data["phase"] for type_, data in studio.events if type_ == "status"]
    assert phases == ["waiting", "thinking", "writing"]
    assert result.usage.is_simulated
    assert result.usage.cost_usd > 0


def _order(path: str) -> int:
    return ["index.html", "style.css", "script.js"].index(path)


async def test_what_is_sent_is_what_the_api_wants() -> None:
    studio = Studio()
    await studio.run()
    (body,) = studio.transport.requests
    assert (body["model"], body["stream"], body["thinking"]) == (
        MODEL,
        True,
        {"type": "adaptive", "display": "summarized"},
    )
    assert all(tool["eager_input_streaming"] for tool in body["tools"])
    assert not {"temperature", "top_p", "tool_choice"} & set(body)


AGAIN = [1.0, 2.0, 4.0]
BEFORE_TEXT = [
    pytest.param(Fault("status", status=429, type="rate_limit_error"), "upstream_rate_limited", id="429"),
    pytest.param(Fault("status", status=500, type="api_error"), "upstream_failed", id="500"),
    pytest.param(Fault("status", status=503, type="api_error"), "upstream_overloaded", id="503"),
    pytest.param(Fault("status", status=529), "upstream_overloaded", id="529"),
    pytest.param(Fault("unreachable"), "upstream_unreachable", id="unreachable"),
    pytest.param(Fault("event"), "upstream_overloaded", id="overloaded event"),
    pytest.param(Fault("event", at=3, type="api_error"), "upstream_failed", id="api_error event while it thinks"),
    pytest.param(Fault("event", at=3, type="rate_limit_error"), "upstream_rate_limited", id="rate_limit event"),
    pytest.param(Fault("cut"), "upstream_cut", id="cut"),
    pytest.param(Fault("cut", at=DELTAS["thinking"]), "upstream_cut", id="cut after all thinking"),
    pytest.param(Fault("stall"), "upstream_stalled", id="stall"),
    pytest.param(Fault("garbage"), "upstream_cut", id="an event that is no JSON"),
]


@pytest.mark.parametrize(("fault", "code"), BEFORE_TEXT)
async def test_nothing_was_shown_so_it_is_asked_again_three_times(fault: Fault, code: str) -> None:
    studio = Studio([fault] * 5)
    result = await studio.run()
    assert studio.error is not None
    assert studio.error.code == code
    assert studio.waits == AGAIN
    assert len(studio.transport.requests) == 4
    assert (result.outcome, result.attempts, result.text, result.changes) == ("upstream_error", 4, "", [])
    retries = [data for type_, data in studio.events if type_ == "status" and data["phase"] == "retrying"]
    assert [(data["attempt"], data["retry_in_seconds"]) for data in retries] == [(2, 1.0), (3, 2.0), (4, 4.0)]
    assert not studio.is_visible


@pytest.mark.parametrize(("fault", "code"), BEFORE_TEXT)
async def test_a_good_answer_after_a_bad_one_is_as_if_nothing_had_been(fault: Fault, code: str) -> None:
    plain, shaken = Studio(), Studio([fault])
    expected, result = await plain.run(), await shaken.run()
    assert shaken.error is None
    assert (result.outcome, result.attempts, shaken.waits) == ("committed", 2, [1.0])
    assert result.text == expected.text == shaken.said("message.delta")
    assert result.changes == expected.changes
    assert shaken.said("file.delta") == plain.said("file.delta")


NEVER_AGAIN = [
    pytest.param(Fault("status", status=401, type="authentication_error"), "upstream_key", id="401"),
    pytest.param(Fault("status", status=403, type="permission_error"), "upstream_key", id="403"),
    pytest.param(Fault("status", status=400, type="invalid_request_error"), "upstream_bad_request", id="400"),
    pytest.param(Fault("status", status=404, type="not_found_error"), "upstream_bad_request", id="404"),
    pytest.param(Fault("status", status=413, type="invalid_request_error"), "upstream_bad_request", id="413"),
    pytest.param(Fault("status", status=402, type="billing_error"), "upstream_spend_limit", id="402"),
    pytest.param(
        Fault("status", status=429, type="rate_limit_error", error_code="enforced_spend_limit_reached"),
        "upstream_spend_limit",
        id="spend limit",
    ),
    pytest.param(Fault("status", status=502, type="api_error"), "upstream_unexpected", id="502"),
    pytest.param(Fault("event", type="invalid_request_error"), "upstream_bad_request", id="invalid_request event"),
]


@pytest.mark.parametrize(("fault", "code"), NEVER_AGAIN)
async def test_what_will_not_get_better_is_not_asked_again(fault: Fault, code: str) -> None:
    studio = Studio([fault] * 2)
    result = await studio.run()
    assert studio.error is not None
    assert (studio.error.code, studio.waits, result.attempts) == (code, [], 1)
    assert len(studio.transport.requests) == 1


@pytest.mark.parametrize(
    ("asked", "waits", "retry_after"),
    [("3", [3.0, 2.0, 4.0], None), ("0.2", [1.0, 2.0, 4.0], None), ("30", [30.0, 2.0, 4.0], None), ("31", [], 31)],
)
async def test_retry_after_is_waited_for_up_to_thirty_seconds(
    asked: str, waits: list[float], retry_after: int | None
) -> None:
    limited = Fault("status", status=429, type="rate_limit_error", retry_after=asked)
    studio = Studio([limited, *[Fault("status")] * 3])
    await studio.run()
    assert studio.waits == waits
    assert studio.error is not None
    assert studio.error.retry_after == retry_after


@pytest.mark.parametrize("kind", ["cut", "event", "stall", "garbage"])
@pytest.mark.parametrize(
    "more", [1, 2, 12, DELTAS["text"] - DELTAS["thinking"] + 9, DELTAS["all"] - DELTAS["thinking"]]
)
async def test_once_something_was_shown_it_is_never_asked_again(kind: str, more: int) -> None:
    studio, whole = Studio([Fault(kind, at=DELTAS["thinking"] + more)] * 2), Studio()  # type: ignore[arg-type]
    result = await studio.run()
    complete = await whole.run()
    assert studio.error is not None
    assert (studio.waits, result.attempts, len(studio.transport.requests)) == ([], 1, 1)
    assert studio.is_visible
    assert result.text == studio.said("message.delta")
    assert complete.text.startswith(result.text)
    assert (result.outcome, result.changes, result.card) == ("upstream_error", [], None)
    begun = [data["call"] for type_, data in studio.events if type_ == "file.begin"]
    assert [data["call"] for type_, data in studio.events if type_ == "file.end"] == begun


async def test_a_stream_cut_at_any_delta_gives_the_text_once_or_nothing() -> None:
    """At many places, and around the first text: nothing twice, nothing invented, no file lost from view."""
    whole = Studio()
    complete = await whole.run()
    first = DELTAS["thinking"]
    for at in sorted({*range(0, DELTAS["all"], 40), *range(first - 2, first + 3)}):
        studio = Studio([Fault("cut", at=at)])
        result = await studio.run()
        if studio.error is None:
            assert at <= first
            assert (result.text, result.changes) == (complete.text, complete.changes)
        else:
            assert complete.text.startswith(result.text)
        assert whole.said("file.delta").startswith(studio.said("file.delta"))


async def test_a_clean_end_without_message_stop_is_a_cut() -> None:
    studio = Studio([Fault("no_stop")])
    result = await studio.run()
    assert studio.error is not None
    assert (studio.error.code, result.outcome, result.changes) == ("upstream_cut", "upstream_error", [])


async def test_a_refusal_is_an_outcome_not_an_error() -> None:
    studio = Studio([Fault("refusal", at=DELTAS["thinking"] + 3)])
    result = await studio.run()
    assert (studio.error, result.outcome, result.changes) == (None, "refused", [])


@pytest.mark.parametrize("at", [1, DELTAS["thinking"] + 4, DELTAS["text"] + 30, DELTAS["all"] - 30])
async def test_a_message_cut_off_at_its_limit_goes_on_where_it_stopped(at: int) -> None:
    plain, cut = Studio(), Studio([Fault("max_tokens", at=at)])
    expected, result = await plain.run(), await cut.run()
    assert (result.outcome, len(cut.transport.requests)) == ("committed", 2)
    assert result.changes == expected.changes


async def test_a_message_that_never_ends_is_truncated() -> None:
    studio = Studio([Fault("max_tokens", at=DELTAS["thinking"] + 4)] * 3)
    result = await studio.run()
    assert (studio.error, result.outcome, len(studio.transport.requests)) == (None, "truncated", 3)


async def test_a_cancel_closes_the_stream_at_once_and_keeps_what_there_is() -> None:
    studio = Studio(speed=20)
    run = studio.claude.run(ModelRequest(PROMPT, MODEL, {}), Staging({}))
    seen = asyncio.Event()

    async def follow() -> None:
        async with run:
            async for type_, _ in run:
                if type_ == "message.delta":
                    seen.set()

    task = asyncio.create_task(follow())
    await asyncio.wait_for(seen.wait(), 10)
    assert studio.transport.open_streams == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert studio.transport.open_streams == 0
    result = run.result()
    assert result.outcome is None
    assert result.text
    assert result.usage.output_tokens > 0
    await studio.claude.aclose()


async def test_leaving_half_way_closes_the_stream_too() -> None:
    studio = Studio()
    async with studio.claude.run(ModelRequest(PROMPT, MODEL, {}), Staging({})) as run:
        async for type_, _ in run:
            if type_ == "file.delta":
                break
        assert studio.transport.open_streams == 1
    assert studio.transport.open_streams == 0
    await studio.claude.aclose()


async def test_a_large_project_is_read_before_it_is_changed() -> None:
    files = {"index.html": '<link href="style.css"><h1>Bread</h1>\n', "style.css": ":root { --accent: #834604; }\n"}
    files["data.js"] = "x" * 130_000
    studio = Studio()
    result = await studio.run("make it dark green", files)
    assert [change["path"] for change in result.changes] == ["style.css"]
    assert len(studio.transport.requests) == 2
    assert [data["tool"] for type_, data in studio.events if type_ == "tool.result"] == ["read_file"] * 2
    assert "x" * 1000 not in str(studio.transport.requests)


class Counting(Claude):
    """Counts the characters that the model sends, of whatever kind."""

    written = 0

    async def stream(self, body: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        async for event in super().stream(body):
            if event.type == "content_block_delta":
                sent = event.delta.to_dict()
                self.written += sum(len(str(sent.get(key, ""))) for key in ("text", "thinking", "partial_json"))
            yield event


async def test_one_line_of_two_thousand_costs_less_than_a_hundredth_of_the_file() -> None:
    rules = "".join(f".rule-{n} {{ padding: {n % 7}px; margin: {n % 5}px; }}\n" for n in range(1997))
    style = f":root {{\n  --accent: #834604;\n}}\n{rules}"
    files = {"index.html": '<!doctype html>\n<link href="style.css"><h1>Bread</h1>\n', "style.css": style}
    claude = Counting(api_key="test", transport=DemoTransport(speed=math.inf), is_simulated=True)
    async with claude.run(ModelRequest("make it dark green", MODEL, files), Staging(files)) as run:
        async for _ in run:
            pass
    await claude.aclose()
    result = run.result()
    assert result.card is not None
    assert [(file.path, file.added, file.removed) for file in result.card.files] == [("style.css", 1, 1)]
    assert 0 < claude.written < len(style) / 100


async def test_the_environment_does_not_lead_the_built_in_model_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "http://127.0.0.1:9"
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "ANTHROPIC_BASE_URL"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    studio = Studio()
    assert (await studio.run()).outcome == "committed"
    assert len(studio.transport.requests) == 1


async def test_one_claude_serves_many_loops() -> None:
    studio = Studio()
    await studio.claude.warm_up()

    def in_another_loop() -> ModelResult:
        return asyncio.run(studio.run())

    assert (await asyncio.to_thread(in_another_loop)).outcome == "committed"
    assert (await studio.run()).outcome == "committed"
