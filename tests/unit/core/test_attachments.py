"""Names of attachments, and how the model is shown what is attached."""

from __future__ import annotations

import base64
from uuid import UUID

import pytest

from glacia_ui.core.attachments import attachment_blocks, clean_name
from glacia_ui.core.models import AttachmentContent
from glacia_ui.core.prompt import ModelRequest, first_messages


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("logo.png", "logo.png"),
        ("C:\\Users\\me\\logo.png", "logo.png"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x00c.txt", "a b c.txt"),
        ("<b>x</b>", "b"),
        ("\ud800.png", ".png"),
        ("Größe 🙂.md", "Größe 🙂.md"),
        ("x" * 300, "x" * 200),
        ("dir/", "file"),
        ("", "file"),
        (" \t", "file"),
    ],
)
def test_a_name_is_its_last_part_without_what_cannot_be_shown(name: str, shown: str) -> None:
    assert clean_name(name, "file") == shown


def _attached(kind: str, name: str, content: bytes) -> AttachmentContent:
    is_text = kind == "text"
    return AttachmentContent.model_validate(
        {
            "id": UUID(int=1),
            "kind": kind,
            "media_type": "text/plain" if is_text else "image/png",
            "name": name,
            "size": len(content),
            "width": None if is_text else 1,
            "height": None if is_text else 1,
            "content": base64.b64encode(content).decode(),
        }
    )


def test_each_file_stands_under_its_name() -> None:
    note, picture = _attached("text", 'a "b".txt', "Grüße".encode()), _attached("image", "c.png", b"png")
    assert attachment_blocks([note, picture]) == [
        {"type": "text", "text": '<attached name="a &quot;b&quot;.txt">\nGrüße\n</attached>'},
        {"type": "text", "text": '<attached picture="c.png">'},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "cG5n"}},
    ]


def test_they_stand_between_the_project_and_the_prompt_which_ends_the_cache() -> None:
    request = ModelRequest("make it so", "m", {"a": "b"}, attachments=[_attached("image", "c.png", b"png")])
    (message,) = first_messages(request)
    project, _, picture, prompt = message["content"]
    assert project["text"].startswith("<project>")
    assert picture["type"] == "image"
    assert prompt["text"] == "make it so"
    assert [block for block in message["content"] if "cache_control" in block] == [prompt]
