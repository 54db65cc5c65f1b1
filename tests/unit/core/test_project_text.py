"""A project as text and back: what a model reads is what the files hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.project_text import read_locked, read_project, write_project

CONTENT = st.text(alphabet=st.sampled_from('a\n\r <>"&/é'), max_size=30) | st.sampled_from(
    ["</file>", "</project>", '<file path="x" lines="1">\n\n</file>\n</project>', "\n", ""]
)
PATHS = st.sampled_from(["index.html", "a & b.txt", 'q"<x>.md', "css/é.css"])


@given(st.dictionaries(PATHS, CONTENT, min_size=1), st.frozensets(PATHS))
def test_small_projects_come_back_whole(files: dict[str, str], locked: frozenset[str]) -> None:
    said = write_project(files, locked=locked)
    assert read_project(said) == files
    assert read_locked(said) == locked & files.keys()


def test_a_locked_file_says_so_whole_or_listed() -> None:
    files = {"a.txt": 'x\n<file path="b.txt" lines="1" locked="true">', "b.txt": "y"}
    assert '<file path="a.txt" lines="2" locked="true">' in write_project(files, locked={"a.txt"})
    listed = write_project(files, locked={"a.txt"}, whole_up_to=1)
    assert '<file path="a.txt" lines="2" bytes="45" locked="true"/>' in listed
    for said in (write_project(files, locked={"a.txt"}), listed):
        assert read_locked(said) == {"a.txt"}


def test_large_projects_are_listed() -> None:
    files = {"a.txt": "x" * 50, "b/c.txt": "é\né"}
    said = write_project(files, whole_up_to=40)
    assert "xxx" not in said
    assert '<file path="b/c.txt" lines="2" bytes="5"/>' in said
    assert read_project(said) == {"a.txt": None, "b/c.txt": None}


def test_an_empty_project_says_so() -> None:
    assert "empty" in write_project({})
    assert read_project(write_project({})) == {}
    assert read_project("no project here") == {}
