"""File names: Python and SQL give the same verdict on every name, and the same key to names that collide."""

from __future__ import annotations

import ntpath
import os
import posixpath
import unicodedata
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glacia_ui.core.invisible import is_visible
from glacia_ui.core.paths import collision, path_key, path_problem
from tests.sql.calls import Calls, write

BATCHES, BATCH = (100, 100) if os.environ.get("GLACIA_FULL") else (10, 100)
ALL = 0x110000
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

CORPUS = [
    *("..", ".", "", "con", "NUL.txt", "aux .x", "COM¹", "CONIN$", "conın$", "git~1", ".GIT", "C:", "~", "%2e", "%2F"),
    *("‥", "a.", " a", "a ", "\u1680a", "a\u3000", "\\", "é", "e\u0301", "👍", "ß", "ẞ", "İ", "ǰ", "ᾳ", "ﬁ", "ſ", "K"),
    *("\u202e", "\u200b", "\ufeff", "\x7f", "\u0085", "\U0001e030", "\U0001ccd6", "\u0378", "x" * 255, "é" * 128),
]
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
PARTS = st.one_of(
    st.sampled_from(CORPUS),
    st.text(CHARACTERS, max_size=8),
    st.builds("{}{}".format, st.sampled_from(CORPUS), st.text(CHARACTERS, max_size=2)),
)
PATHS = st.builds(lambda parts, by: by.join(parts), st.lists(PARTS, min_size=1, max_size=4),
                  st.sampled_from(["/", "/", "/", "\\", "//", "／"]))  # fmt: skip


def test_the_same_characters_are_invisible(sql: Calls) -> None:
    ranges = sql.rows("select lower(r), upper(r) from unnest(private.invisible_characters()) as r")
    invisible = {code for low, high in ranges for code in range(low, high)}
    assert invisible == {code for code in range(ALL) if not is_visible(chr(code))}
    if unicodedata.unidata_version == "14.0.0":  # where the list comes from
        assert invisible == {code for code in range(ALL) if unicodedata.category(chr(code)) in INVISIBLE}


def test_every_character_is_folded_alike(sql: Calls) -> None:
    """Each on a line of its own, which keeps marks from moving to a neighbour."""
    seen = [chr(code) for code in range(ALL) if is_visible(chr(code))]
    for start in range(0, len(seen), 20_000):
        part = seen[start : start + 20_000]
        keys = sql.one("select private.path_key(%s)", "\n".join(part)).split("\n")
        assert keys == [path_key(character) for character in part]


@settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck))
@given(st.lists(PATHS, min_size=BATCH, max_size=BATCH))
def test_python_and_sql_agree_and_nothing_escapes(sql: Calls, paths: list[str]) -> None:
    rows = sql.rows("select p, private.is_file_path(p), private.path_key(p) from unnest(%s::text[]) as p", paths)
    assert [path for path, _, _ in rows] == paths
    for path, is_path, key in rows:
        assert is_path is (path_problem(path) is None), ascii(path)
        if is_path:
            assert key == path_key(path), ascii(path)
            for flavour in (posixpath, ntpath):
                joined = flavour.normpath(flavour.join("/base/files", path)).replace("\\", "/")
                assert joined.startswith("/base/files/"), ascii(path)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Index.html", "index.html"), ("straße", "STRASSE"), ("é.txt", "e\u0301.txt"), ("a", "a/b"), ("A/x", "a"),
     ("x/a", "x/a.b"), ("a", "ab")],
)  # fmt: skip
def test_names_that_cannot_live_side_by_side_are_refused(sql: Calls, user: UUID, first: str, second: str) -> None:
    clashes = collision(first, [second]) is not None
    for files in ([first, second], [second, first]):
        contents = [write(path, "x") for path in files]
        if clashes:
            with sql.refused("PT422", "path_collision"):
                sql.user(user, "create_project", p_name="x", p_files=contents)
        else:
            sql.user(user, "create_project", p_name="x", p_files=contents)


def test_a_file_takes_the_place_of_one_that_goes(sql: Calls, user: UUID, project: str) -> None:
    sql.finish(sql.running(user, project), write("Style.css", "x"))
    changes = [{"path": "style.css", "content": "x", "old_path": "Style.css"}]
    assert sql.finish(sql.running(user, project), *changes)["snapshot"] == 2
    with sql.refused("PT422", "path_collision"):
        sql.finish(sql.running(user, project), write("style.css/x", "y"))


def test_a_name_from_before_the_rule_can_go_away_but_not_be_written(sql: Calls) -> None:
    read = "select path, content from unnest(private.stage_changes(%s::jsonb)) order by path"
    assert sql.rows(read, '[{"path": "con.txt", "content": null}]') == [("con.txt", None)]
    renamed = '[{"path": "a.txt", "content": "x", "old_path": "con.txt"}]'
    assert sql.rows(read, renamed) == [("a.txt", "x"), ("con.txt", None)]
    with sql.refused("PT422", "invalid_path"):
        sql.rows(read, '[{"path": "con.txt", "content": "x"}]')
