"""Follow-ups on a page: each changes what it names and nothing else, by edits that apply."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from glacia_ui.claude.demo.mind import answer
from glacia_ui.core.diff import diff_files
from glacia_ui.core.prompt import ModelRequest, first_messages
from glacia_ui.core.reply import ToolCall
from glacia_ui.core.staging import Staging
from glacia_ui.core.texts import text
from glacia_ui.core.tools import Toolbox

Files = dict[str, str]


def ask(prompt: str, files: Files, *locked: str) -> tuple[Files, str, list[str]]:
    """The files afterwards, what was said, and the names of the tools used. Every call must go well."""
    said = answer(first_messages(ModelRequest(prompt, "m", files, locked=frozenset(locked))))
    staged = Staging(files, locked=frozenset(locked))
    box = Toolbox(staged)
    for call in said.calls:
        result = box.run(ToolCall("x", call.name, call.input, call.input.get("path", "")))
        assert result.ok, result.content
    return staged.files, said.text, [call.name for call in said.calls]


@pytest.fixture(scope="module")
def bakery() -> Files:
    return ask("a landing page for a bakery", {})[0]


def changed(old: Files, new: Files) -> dict[str, tuple[int, int]]:
    return {diff.path: (diff.added, diff.removed) for diff in diff_files(old, new)}


def test_dark_green_is_exactly_the_colour_variables(bakery: Files) -> None:
    files, _, tools = ask("make it dark green", bakery)
    assert tools == ["edit_file", "finish"]
    assert changed(bakery, files) == {"style.css": (7, 7)}
    (diff,) = diff_files(bakery, files)
    lines = [line.text for hunk in diff.hunks for line in hunk.lines if line.kind != " "]
    assert all(re.fullmatch(r"  --[\w-]+: #[0-9a-f]{6};", line) for line in lines)


@pytest.mark.parametrize(
    ("prompt", "paths", "found"),
    [
        ('change the headline to "Warm & good"', {"index.html"}, "<h1>Warm &amp; good</h1>"),
        ("change the title to Crumbs", {"index.html"}, '<a class="brand" href="#main">Crumbs</a>'),
        ("rename it to Crumbs", {"index.html"}, "<title>Crumbs:"),
        ("change the tagline to: Bread for all", {"index.html"}, '<p class="lead">Bread for all</p>'),
        ("make the button say Order now", {"index.html"}, ">Order now</a>"),
        ("replace Seeded rye with Spelt loaf", {"index.html"}, "<h3>Spelt loaf</h3>"),
        ("add our opening hours: Monday to Friday 8 to 5", {"index.html", "style.css"}, "8:00 – 17:00"),
        ("add a FAQ section", {"index.html", "style.css"}, 'href="#faq"'),
        ("Could you add testimonials?", {"index.html", "style.css"}, "What people say"),
        ("add a gallery", {"index.html", "style.css"}, 'id="gallery"'),
        ("add a button saying Call us", {"index.html"}, ">Call us</a>"),
        ("make the text bigger", {"style.css"}, "--size: 19px"),
        ("smaller text please", {"style.css"}, "--size: 15px"),
        ("rounder corners", {"style.css"}, "--radius: 24px"),
        ("square corners", {"style.css"}, "--radius: 2px"),
        ("use a sans serif font", {"style.css"}, "--display: system-ui"),
        ("dark mode", {"style.css"}, "color-scheme: dark"),
        ("make it warmer", {"style.css"}, ":root"),
        ("softer colours", {"style.css"}, ":root"),
        ("other colours please", {"style.css"}, ":root"),
        ("make the background light blue", {"style.css"}, "--ground: #"),
        ("make the buttons red", {"style.css"}, "background: #"),
        ("make the headline red", {"style.css"}, "letter-spacing: -0.02em; color: #"),
    ],
)
def test_a_wish_changes_what_it_names(bakery: Files, prompt: str, paths: set[str], found: str) -> None:
    files, said, tools = ask(prompt, bakery)
    assert set(changed(bakery, files)) == paths
    assert found in "".join(files[path] for path in paths)
    assert tools[-1] == "finish"
    assert "write_file" not in tools
    assert said.startswith("I’ll ")


def test_what_was_added_can_be_removed_again(bakery: Files) -> None:
    with_faq, _, _ = ask("add a FAQ", bakery)
    without, _, _ = ask("remove the questions", with_faq)
    assert without["index.html"] == bakery["index.html"]
    assert "<h2>Why it tastes like that</h2>" not in ask("remove the about section", bakery)[0]["index.html"]
    assert "<footer" not in ask("remove the footer", bakery)[0]["index.html"]
    assert 'class="drawing"' not in ask("delete the picture", bakery)[0]["index.html"]


def test_opening_hours_that_are_there_get_new_times(bakery: Files) -> None:
    first, _, _ = ask("add opening hours", bakery)
    second, _, _ = ask("change the opening hours to daily 6 to 2", first)
    assert "<td>6:00 – 14:00</td>" in second["index.html"]
    assert list(changed(first, second)) == ["index.html"]


def test_several_wishes_at_once(bakery: Files) -> None:
    files, said, _ = ask("make it warmer, add a team section and change the headline to Hello", bakery)
    assert {"index.html", "style.css"} == set(changed(bakery, files))
    assert "warmer" in said
    assert "The team" in said
    assert "Hello" in said


def test_what_is_not_understood_is_said(bakery: Files) -> None:
    files, said, _ = ask("make it blue and add a rocket engine", bakery)
    assert files != bakery
    assert "add a rocket engine" in said


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("add a footer", "demo.has_footer"),
        ("light mode", "demo.is_light"),
        ('change the headline to "Good bread takes its time."', "demo.same"),
        ("remove the swimming pool", "demo.nothing_to_remove"),
        ("add a rocket section", "demo.unknown_section"),
        ("fly me to the moon", "demo.lost"),
        ("make me a calculator", "demo.beyond"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(bakery: Files, prompt: str, said: str) -> None:
    files, answered, tools = ask(prompt, bakery)
    params: dict[str, Any] = {"what": "calculator" if said == "demo.beyond" else "swimming pool", "known": ""}
    assert (files, tools) == (bakery, [])
    assert answered.startswith(text(said, **params)[:30])


@pytest.mark.parametrize("prompt", ["make it dark green", "a landing page for a florist", "a quiz about birds instead"])
def test_a_locked_file_is_left_alone_and_named(bakery: Files, prompt: str) -> None:
    files, said, tools = ask(prompt, bakery, "style.css")
    assert (files, tools) == (bakery, [])
    assert said == text("demo.locked", path="style.css")


def test_what_does_not_need_the_locked_file_is_done(bakery: Files) -> None:
    files, said, _ = ask("make it dark green and change the headline to Fresh rye", bakery, "style.css")
    assert set(changed(bakery, files)) == {"index.html"}
    assert text("demo.locked", path="style.css") in said


def test_a_page_without_variables_is_left_alone() -> None:
    files = {"index.html": "<h1>Hi</h1>", "style.css": "body { color: #333; }"}
    for prompt in ("make it green", "rounder corners", "bigger text", "use a serif font"):
        after, _, tools = ask(prompt, files)
        assert (after, tools) == (files, [])


def test_a_page_without_a_style_sheet_gets_its_styles_in_the_page() -> None:
    page = "<html><head><title>Hi</title></head>\n<body>\n<h1>Hi</h1>\n</body>\n</html>\n"
    files, _, _ = ask("add a footer", {"index.html": page})
    assert "<style>" in files["index.html"]
    assert "© 2026 Hi" in files["index.html"]
    again, _, _ = ask("add opening hours", files)
    assert again["index.html"].count("<style>") == 1
    assert "#hours table" in again["index.html"]


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("What can you do?", "demo model"),
        ("What files are there?", "`index.html`"),
        ("Which colours does it use?", "`#"),
        ("What sections are on the page?", "- From the oven today"),
        ("How do I undo that?", "History"),
        ("What does this cost?", "simulated"),
        ("Why is the sky blue?", "demo model"),
    ],
)
def test_a_question_gets_text_and_changes_nothing(bakery: Files, prompt: str, found: str) -> None:
    files, said, tools = ask(prompt, bakery)
    assert found in said
    assert (files, tools) == (bakery, [])


def test_a_question_about_nothing() -> None:
    _, said, tools = ask("What is in here?", {})
    assert said.startswith(text("demo.answer_empty"))
    assert tools == []


def test_another_kind_of_page_replaces_the_old_one_and_says_so(bakery: Files) -> None:
    files, said, _ = ask("build a quiz about animals", {**bakery, "old.html": "x"})
    assert text("demo.replaces") in said
    assert set(files) == {"index.html", "style.css", "script.js"}
    assert "octopus" in files["script.js"]


class Tags(HTMLParser):
    """Checks that tags are nested and closed."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "ellipse"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass


def test_a_long_afternoon_leaves_a_whole_page(bakery: Files) -> None:
    files = bakery
    for prompt in (
        "make it navy",
        "add opening hours and add a FAQ and add a gallery",
        "dark mode",
        "remove the gallery",
        "change the name to Crumbs & Co",
        "add news",
        "bigger text",
        "light mode",
        "add a button saying Order",
        "add prices and add how it works",
    ):
        files, _, tools = ask(prompt, files)
        assert tools[-1] == "finish", prompt
    tags = Tags()
    tags.feed(files["index.html"])
    assert tags.open == []
    ids = re.findall(r' id="([\w-]+)"', files["index.html"])
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([\w-]+)"', files["index.html"])) <= set(ids)
