"""A staged copy: what an operation refuses leaves it as it was; what it comes to is one list of changes."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from glacia_ui.core import staging
from glacia_ui.core.edits import Edit
from glacia_ui.core.staging import LockedError, Staging, StagingError

BASE = {"index.html": "<h1>Bread</h1>\n", "style.css": "h1 { color: red; }\n"}


def refusal(staged: Staging, what: str, *given: object) -> StagingError:
    """The refusal of an operation, which must have changed nothing."""
    before = dict(staged.files)
    with pytest.raises(StagingError) as refused:
        getattr(staged, what)(*given)
    assert staged.files == before
    return refused.value


def test_nothing_done_is_no_change() -> None:
    assert Staging(BASE).changes() == []


def test_writing_what_is_there_is_no_change() -> None:
    staged = Staging(BASE)
    staged.write("index.html", BASE["index.html"])
    assert staged.changes() == []


def test_changes_are_what_differs_in_the_end() -> None:
    staged = Staging(BASE)
    staged.write("script.js", "one")
    staged.append("script.js", " two\n")
    staged.edit("style.css", [Edit("red", "green")])
    staged.delete("index.html")
    assert staged.changes() == [
        {"path": "index.html", "content": None},
        {"path": "script.js", "content": "one two\n"},
        {"path": "style.css", "content": "h1 { color: green; }\n"},
    ]
    assert staged.base == BASE


def test_a_rename_is_one_change_that_names_the_old_path() -> None:
    staged = Staging(BASE)
    staged.rename("style.css", "css/a.css")
    staged.rename("css/a.css", "css/b.css")
    staged.edit("css/b.css", [Edit("red", "blue")])
    assert staged.changes() == [{"path": "css/b.css", "content": "h1 { color: blue; }\n", "old_path": "style.css"}]
    staged.rename("css/b.css", "style.css")
    assert [change["path"] for change in staged.changes()] == ["style.css"]
    assert "old_path" not in staged.changes()[0]


def test_a_renamed_file_can_be_deleted_or_replaced() -> None:
    staged = Staging({"a": "1\n"})
    staged.rename("a", "b")
    staged.write("a", "2\n")
    assert staged.changes() == [{"path": "a", "content": "2\n"}, {"path": "b", "content": "1\n"}]
    staged.delete("b")
    staged.delete("a")
    assert staged.changes() == [{"path": "a", "content": None}]


@pytest.mark.parametrize("what", ["read", "delete", "edit", "append", "rename"])
def test_a_file_that_is_not_there(what: str) -> None:
    given = {"edit": ([Edit("a", "b")],), "append": ("x",), "rename": ("y",)}.get(what, ())
    refused = refusal(Staging(BASE), what, "nope.html", *given)
    assert refused.note == "no_file"
    assert "index.html, style.css" in str(refused)


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("write", ("h1 {}",)),
        ("edit", ([Edit("red", "green")],)),
        ("append", ("p {}",)),
        ("delete", ()),
        ("rename", ("main.css",)),
    ],
)
def test_a_locked_file_stays(what: str, given: tuple[object, ...]) -> None:
    staged = Staging(BASE, locked={"style.css"})
    refused = refusal(staged, what, "style.css", *given)
    assert isinstance(refused, LockedError)
    assert (refused.note, refused.path) == ("locked", "style.css")
    assert "Do not try again" in str(refused)
    assert staged.read("style.css") == BASE["style.css"]
    staged.write("index.html", "<h1>Rye</h1>\n")
    assert [change["path"] for change in staged.changes()] == ["index.html"]


def test_names_are_checked() -> None:
    staged = Staging(BASE)
    assert refusal(staged, "write", "../x", "").note == "bad_path"
    assert refusal(staged, "rename", "index.html", "/x").note == "bad_path"
    assert refusal(staged, "write", "INDEX.html", "").note == "path_taken"
    assert refusal(staged, "write", "index.html/x", "").note == "path_taken"
    assert refusal(staged, "rename", "index.html", "style.css").note == "path_taken"
    staged.rename("index.html", "Index.html")


def test_the_second_miss_on_a_file_asks_for_the_whole_file() -> None:
    staged = Staging(BASE)
    first = refusal(staged, "edit", "style.css", [Edit("h1 { color: red; }", "x"), Edit("blue", "green")])
    assert "No edit of this call was made" in str(first)
    assert "write_file" not in str(first)
    assert "write_file" not in str(refusal(staged, "edit", "index.html", [Edit("blue", "green")]))
    assert "write_file" in str(refusal(staged, "edit", "style.css", [Edit("blue", "green")]))
    staged.write("style.css", "x")
    assert "write_file" not in str(refusal(staged, "edit", "style.css", [Edit("blue", "green")]))


def test_a_placeholder_is_refused_unless_it_was_there() -> None:
    staged = Staging({"a.js": "// ... existing code\none\n"})
    assert refusal(staged, "write", "b.js", "x\n// ... rest of the code\n").note == "placeholder"
    assert refusal(staged, "append", "a.js", "// rest unchanged\n").note == "placeholder"
    staged.edit("a.js", [Edit("one", "two")])
    assert staged.files["a.js"] == "// ... existing code\ntwo\n"


def test_sizes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(staging, "MAX_PROJECT_BYTES", 25)
    monkeypatch.setattr(staging, "MAX_FILES", 4)
    staged = Staging({"a": "1234567890", "b": "1234567890"})
    assert refusal(staged, "append", "a", "x").note == "too_large"
    assert refusal(staged, "write", "c", "ééé").note == "too_large"
    staged.write("c", "12345")
    staged.write("d", "")
    assert refusal(staged, "write", "e", "").note == "too_many"
    staged.rename("d", "e")
    staged.write("a", "12345")


NAMES = st.sampled_from(["a", "b", "c/d"])


class AnyOrder(RuleBasedStateMachine):
    """Whatever is done in whatever order: base plus changes is the staged copy."""

    def __init__(self) -> None:
        super().__init__()
        self.staged = Staging({"a": "1\n2\n3\n", "b": "x\n"})

    def attempt(self, what: str, *given: object) -> None:
        before = dict(self.staged.files)
        try:
            getattr(self.staged, what)(*given)
        except StagingError:
            assert self.staged.files == before

    @rule(path=NAMES, content=st.sampled_from(["", "1\n2\n3\n", "new\n"]))
    def write(self, path: str, content: str) -> None:
        self.attempt("write", path, content)

    @rule(path=NAMES, new_path=NAMES)
    def rename(self, path: str, new_path: str) -> None:
        self.attempt("rename", path, new_path)

    @rule(path=NAMES)
    def delete(self, path: str) -> None:
        self.attempt("delete", path)

    @rule(path=NAMES)
    def edit(self, path: str) -> None:
        self.attempt("edit", path, [Edit("2", "two")])

    @invariant()
    def changes_lead_from_the_base_to_the_copy(self) -> None:
        files = dict(self.staged.base)
        changes = self.staged.changes()
        for change in changes:
            files.pop(change.get("old_path", change["path"]), None)
        for change in changes:
            if change["content"] is not None:
                files[change["path"]] = change["content"]
        assert files == self.staged.files


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=12)
test_any_order = AnyOrder.TestCase
