"""The diff is checked by the program it is made for: real `git apply` must turn the old files into the new ones."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glacia_ui.core.diff import diff_files, file_stats, unified

PATHS = ["index.html", "css/style.css", "a b.txt", 'qu"ote.txt', "été.txt", "back\\slash", "tab\there.txt"]
NUMBERS = "\n".join(map(str, range(99)))


def apply(folder: Path, old: dict[str, str], patch: str) -> dict[str, str]:
    """`old` written to an empty folder, patched by git, and read back."""
    for path, content in old.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode())
    if patch:
        command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
        environment = {"GIT_DIR": "/nonexistent", "PATH": "/usr/bin:/bin", "HOME": str(folder)}
        done = subprocess.run(command, cwd=folder, input=patch.encode(), capture_output=True, env=environment)
        assert done.returncode == 0, done.stderr.decode() + patch
    return {str(file.relative_to(folder)): file.read_bytes().decode() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"a": "1\n2\n3\n"}, {"a": "1\nzwei\n3\n"}, id="modified"),
        pytest.param({}, {"a/b/c.txt": "x\ny\n"}, id="added"),
        pytest.param({"a": "x\n"}, {}, id="deleted"),
        pytest.param({}, {"empty": ""}, id="added empty"),
        pytest.param({"empty": ""}, {}, id="deleted empty"),
        pytest.param({"a": "x\n"}, {"a": ""}, id="emptied"),
        pytest.param({"a": ""}, {"a": "x"}, id="filled"),
        pytest.param({"a": "x"}, {"a": "x\n"}, id="newline gained"),
        pytest.param({"a": "x\n"}, {"a": "x"}, id="newline lost"),
        pytest.param({"a": "1\n2"}, {"a": "1\n3"}, id="no newline on both"),
        pytest.param({"a": "1\n"}, {"a": "1\n2"}, id="unterminated line added"),
        pytest.param({"a": "x\r\ny\r\n"}, {"a": "x\r\nz\r\n"}, id="CRLF"),
        pytest.param({"a": "x\f\v\u2028y\n"}, {"a": "x\f\v\u2028z\n"}, id="separators that are no newlines"),
        pytest.param(dict.fromkeys(PATHS, "1\n"), dict.fromkeys(PATHS, "2\n"), id="awkward names"),
        pytest.param({}, dict.fromkeys(PATHS, "2\n"), id="awkward new names"),
        pytest.param(
            {"a": "\n".join(map(str, range(99)))}, {"a": "0\n" + "\n".join(map(str, range(1, 97)))}, id="long"
        ),
    ],
)
def test_git_applies_the_patch(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> None:
    assert apply(tmp_path, old, unified(diff_files(old, new))) == new


LINES = st.lists(st.sampled_from(["", "a", "b", "  a", "é ü", "@@ -1 +1 @@", "--- a", "+++ b", "\\"]), max_size=12)
TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))
FILES = st.dictionaries(st.sampled_from(["a", "b", "dir/c"]), TEXT)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=FILES, new=FILES)
def test_git_applies_any_patch(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, str], new: dict[str, str]
) -> None:
    assert apply(tmp_path_factory.mktemp("files"), old, unified(diff_files(old, new))) == new


@pytest.mark.parametrize("content", ["x\n1\n2\n3\n", "x\n1\n2\nchanged\n"])
def test_a_given_rename_is_one_change(tmp_path: Path, content: str) -> None:
    old, new = {"old name.txt": "x\n1\n2\n3\n"}, {"new/name.txt": content}
    diffs = diff_files(old, new, renames={"new/name.txt": "old name.txt"})
    assert [(d.path, d.old_path, d.change) for d in diffs] == [("new/name.txt", "old name.txt", "renamed")]
    assert apply(tmp_path, old, unified(diffs)) == new


def test_a_rename_whose_source_stays_is_an_addition() -> None:
    diffs = diff_files({"a": "1\n"}, {"a": "1\n", "b": "1\n"}, renames={"b": "a"})
    assert [(d.path, d.change, d.old_path) for d in diffs] == [("b", "added", None)]


def test_lines_carry_numbers_kinds_and_words() -> None:
    (diff,) = diff_files({"s.css": "a {\n  color: #222;\n}\n"}, {"s.css": "a {\n  color: #b0413e;\n}\n"})
    assert (diff.change, diff.added, diff.removed) == ("modified", 1, 1)
    (hunk,) = diff.hunks
    assert (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines) == (1, 3, 1, 3)
    assert [(line.kind, line.old, line.new) for line in hunk.lines] == [
        (" ", 1, 1),
        ("-", 2, None),
        ("+", None, 2),
        (" ", 3, 3),
    ]
    removed, added = hunk.lines[1], hunk.lines[2]
    assert [removed.text[a:b] for a, b in removed.words] == ["222"]
    assert [added.text[a:b] for a, b in added.words] == ["b0413e"]


def test_a_missing_newline_is_a_flag_not_a_line() -> None:
    (diff,) = diff_files({"a": "x"}, {"a": "x\n"})
    assert [(line.kind, line.text, line.has_newline) for line in diff.hunks[0].lines] == [
        ("-", "x", False),
        ("+", "x", True),
    ]


def test_the_facts_count_the_same_lines() -> None:
    old, new = {"a": "1\n2\n", "gone": "x\n"}, {"a": "1\n3\n4\n", "new": "y"}
    assert [(s.path, s.change, s.added, s.removed) for s in file_stats(diff_files(old, new))] == [
        ("a", "modified", 2, 1),
        ("gone", "deleted", 0, 1),
        ("new", "added", 1, 0),
    ]


def test_equal_files_differ_in_nothing() -> None:
    assert diff_files({"a": "1"}, {"a": "1"}) == []
    assert unified([]) == ""
