"""File names: ordinary ones pass, hostile ones do not, under the rules of every system at once."""

from __future__ import annotations

import ntpath
import posixpath
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacia_ui.core.paths import check_path, collision, path_problem
from glacia_ui.errors import ValidationError


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "css/style.css",
        "a b.txt",
        "été/日本語.md",
        ".htaccess",
        "a.b.c/d-e_f",
        "console.js",
        "x" * 255,
        "~tmp",
    ],
)
def test_ordinary_names_pass(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", "./a", ".", ".."),
        *("C:/x", "C:x", "a\\b", "..\\x", "\\\\host\\share", "file:stream", "a*b", "a?b", 'a"b', "a<b", "a|b"),
        *("a\x00b", "a\nb", "a\tb", "a\x7fb", "a\u202eb", "a\u200bb", "\ud800", "a\u2028b"),
        *("%2e%2e/x", "a%00b", "..%2Fx", "%2F"),
        *("CON", "con.txt", "a/nul", "COM1", "lpt9.log", "aux .txt", "COM¹", "CONIN$"),
        *("a.", "a ", " a", "a./b", "a /b", ".git/config", "a/.GIT/x", "git~1"),
        *("．．/x", "‥/x", "a／b", "a＼b", "ｃｏｎ"),
        *("x" * 256, "é" * 128, "a/" * 250 + "b"),
    ],
)
def test_hostile_names_do_not(path: str) -> None:
    assert path_problem(path)
    with pytest.raises(ValidationError) as refused:
        check_path(path)
    assert refused.value.code == "bad_path"


PARTS = st.one_of(
    st.sampled_from(["..", ".", "", "con", "a", "NUL.txt", "C:", "~", "%2e", "‥", "a.", "\\", "é", "👍"]),
    st.text(max_size=8),
)


@settings(max_examples=1000)
@given(st.lists(PARTS, min_size=1, max_size=5), st.sampled_from(["/", "\\", "//", "／"]))
def test_no_name_that_passes_leaves_its_folder(parts: list[str], separator: str) -> None:
    path = separator.join(parts)
    if path_problem(path):
        return
    for flavour in (posixpath, ntpath):
        joined = flavour.normpath(flavour.join("/base/files", path))
        assert joined.replace("\\", "/").startswith("/base/files/")
        assert not flavour.isabs(path)
        assert flavour.splitdrive(path)[0] == ""
    assert not re.search(r"[\x00-\x1f]", path)


@pytest.mark.parametrize(
    ("path", "others", "clash"),
    [
        ("Index.html", ["index.html"], "index.html"),
        ("stra\u00dfe", ["STRASSE"], "STRASSE"),
        ("\u00e9.txt", ["e\u0301.txt"], "e\u0301.txt"),
        ("a", ["a/b"], "a/b"),
        ("a/b/c", ["a/b"], "a/b"),
        ("A/x", ["a"], "a"),
        ("a", ["ab", "b/a", "a.txt"], None),
        ("a", ["a"], None),
    ],
)
def test_names_that_cannot_live_side_by_side(path: str, others: list[str], clash: str | None) -> None:
    assert collision(path, others) == clash
