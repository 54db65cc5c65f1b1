"""Logs: every line is JSON, nothing secret is in it, and the files stay five of 5 MB."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pydantic
import pytest
from loguru import logger

from glacia_ui.core.models import Generation, Usage
from glacia_ui.errors import ExternalAPIError
from glacia_ui.telemetry import logs as logs_module
from glacia_ui.telemetry.logs import Logs, configure_logs, log_generation
from glacia_ui.telemetry.redact import LONGEST_TEXT, MASK, Redactor

PROJECT, USER = uuid4(), uuid4()


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    """Logs of a process that has just started."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs = configure_logs(tmp_path / "logs", secrets=["the operator's own key"])
    yield logs
    logs.close()
    logger.configure(patcher=None)
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(logs: Logs) -> list[dict[str, Any]]:
    """What has been written so far."""
    assert logs.path is not None
    return [json.loads(line) for line in logs.path.read_text("utf-8").splitlines()]


def test_a_line_is_json_with_its_ids(logs: Logs) -> None:
    with logger.contextualize(request_id="r1", user_id=USER):
        logger.info("{} files {{saved}}", 3)
    (line,) = lines(logs)
    assert line["message"] == "3 files {saved}"
    assert (line["level"], line["request_id"], line["user_id"]) == ("info", "r1", str(USER))
    assert datetime.fromisoformat(line["at"]).tzinfo is not None


def test_the_console_shows_the_same_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs = configure_logs(tmp_path)
    logger.warning("hello")
    assert [json.loads(line) for line in capsys.readouterr().err.splitlines()] == lines(logs)
    logs.close()


async def test_ids_stay_with_their_task(logs: Logs) -> None:
    async def work(name: str) -> None:
        with logger.contextualize(generation_id=name):
            await asyncio.sleep(0)
            logger.info("from {}", name)

    await asyncio.gather(*(work(name) for name in "abc"))
    assert sorted((line["generation_id"], line["message"]) for line in lines(logs)) == [
        (name, f"from {name}") for name in "abc"
    ]


def test_braces_and_line_breaks_in_a_message_are_only_text(logs: Logs) -> None:
    logger.info("{}", "{extra[_line]}\nsecond {0!r} line")
    assert [line["message"] for line in lines(logs)] == ["{extra[_line]}\nsecond {0!r} line"]


def test_the_standard_library_logs_the_same_way(logs: Logs) -> None:
    logging.getLogger("some.library").warning("100%% of %s {really}", "it")
    logging.getLogger("some.library").info("odd level aside")
    logging.getLogger("some.library").log(35, "between two levels")
    assert [(line["logger"], line["message"]) for line in lines(logs)] == [
        ("some.library", "100% of it {really}"),
        ("some.library", "odd level aside"),
        ("some.library", "between two levels"),
    ]


def test_warnings_are_lines_too(logs: Logs) -> None:
    warnings.warn("this will change", UserWarning, stacklevel=1)
    (line,) = lines(logs)
    assert (line["logger"], line["level"]) == ("py.warnings", "warning")
    assert "this will change" in line["message"]


def test_loggers_that_print_prompts_are_held_back(logs: Logs) -> None:
    logging.getLogger("anthropic._base_client").debug("Request options: the prompt")
    logging.getLogger("httpx2").info("HTTP Request")
    logging.getLogger("uvicorn.access").info("GET /preview/abc")
    logging.getLogger("uvicorn.error").info("Application startup complete.")
    assert lines(logs) == []


def test_an_error_tells_type_place_and_cause_but_no_values(logs: Logs) -> None:
    secret_local = "what the user wrote"
    try:
        try:
            int(secret_local[:0] or "x")
        except ValueError as error:
            raise ExternalAPIError("upstream said no") from error
    except ExternalAPIError:
        logger.exception("failed")
    (line,) = lines(logs)
    assert line["error"]["type"] == "glacia_ui.errors.ExternalAPIError"
    assert line["error"]["message"] == "upstream said no"
    assert line["error"]["cause"]["type"] == "ValueError"
    assert "test_telemetry.py" in line["error"]["trace"][-1]
    assert secret_local not in json.dumps(line)


def test_a_validation_error_does_not_quote_the_input(logs: Logs) -> None:
    try:
        pydantic.TypeAdapter(int).validate_python("please write me a page")
    except pydantic.ValidationError:
        logger.exception("invalid")
    (line,) = lines(logs)
    assert "int_parsing" in line["error"]["message"]
    assert "please write" not in json.dumps(line)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key sk-ant-api03-abc_DEF-123456 refused", "api03"),
        ("Authorization: Bearer abc.def-123", "abc.def"),
        ("token eyJhbGciOi.eyJzdWIiOi.sig_nature", "eyJzdWIiOi"),
        ("connect to postgresql://authenticator:hunter2@localhost/x", "hunter2"),
        ("redis://:hunter2@localhost", "hunter2"),
        ("host=x password=hunter2 user=y", "hunter2"),
        ("GET /preview/Q2FwYWJpbGl0eQ/index.html", "Q2FwYWJpbGl0eQ"),
        ("Cookie: glacia_0123abcd=s3ss10n; other=1", "s3ss10n"),
        ("set to 'the operator's own key' now", "operator"),
    ],
)
def test_secrets_are_masked_wherever_they_stand(logs: Logs, text: str, secret: str) -> None:
    logger.bind(nested={"list": [text]}).info("{}", text)
    try:
        raise OSError(text)
    except OSError:
        logger.exception("failed")
    written = json.dumps(lines(logs))
    assert secret not in written
    assert written.count(MASK) == 3


def test_fields_with_a_secrets_name_are_masked_and_counts_are_not() -> None:
    value = Redactor().value(
        {"password": "x", "access_token": "y", "anthropic_api_key": "z", "cookies": {"a": "b"}, "input_tokens": 12}
    )
    assert value == {
        "password": MASK,
        "access_token": MASK,
        "anthropic_api_key": MASK,
        "cookies": MASK,
        "input_tokens": 12,
    }


def test_a_long_text_is_cut() -> None:
    assert len(Redactor().text("a" * (LONGEST_TEXT * 2))) == LONGEST_TEXT + 1


def test_five_files_of_five_megabytes_and_no_more(logs: Logs) -> None:
    assert logs.path is not None
    for _ in range(17):
        logger.bind(padding=["x" * 1990] * 1000).info("two megabytes")
    files = sorted(logs.path.parent.glob("*.log"))
    assert len(files) == 5
    assert all(file.stat().st_size <= logs_module.FILE_SIZE for file in files)
    assert stat.S_IMODE(logs.path.stat().st_mode) == 0o600


def test_a_second_process_writes_to_a_file_of_its_own(logs: Logs) -> None:
    assert logs.path is not None
    folder = logs.path.parent
    code = f"""
from pathlib import Path
from glacia_ui.telemetry.logs import configure_logs
print(configure_logs(Path({str(folder)!r})).path.name)
"""
    names = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert logs.path.name == "glacia.log"
    assert names == ["glacia-2.log", "glacia-2.log"]


def test_without_a_folder_the_console_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    logs = configure_logs(tmp_path / "file" / "logs")
    logs.close()
    assert logs.path is None
    assert "logs cannot be written" in json.loads(capsys.readouterr().err)["message"]


def test_a_generation_leaves_one_line(logs: Logs) -> None:
    now = datetime.now(UTC)
    log_generation(
        Generation(
            id=UUID(int=7),
            project_id=PROJECT,
            status="succeeded",
            outcome="committed",
            prompt="a page nobody else may read about",
            model="claude-sonnet-5-5",
            mode="build",
            position=0,
            snapshot=1,
            error_code=None,
            error_message=None,
            is_returned=False,
            usage=Usage(input_tokens=10, output_tokens=20, cache_read_tokens=3, cost_usd=Decimal("0.0021")),
            attempts=1,
            last_seq=9,
            created_at=now,
            started_at=now,
            finished_at=now,
            duration_ms=1234,
        ),
        USER,
    )
    (line,) = lines(logs)
    assert line["message"] == "generation ended"
    assert (line["project_id"], line["user_id"]) == (str(PROJECT), str(USER))
    assert (line["status"], line["duration_ms"], line["tokens"], line["output_tokens"]) == ("succeeded", 1234, 33, 20)
    assert line["cost_usd"] == "0.0021"
    assert "nobody else" not in json.dumps(line)
