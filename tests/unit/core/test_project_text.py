"""A project as text and back: what a model reads is what the files hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.project_text import read_project, write_project

CONTENT = st.text(alphabet=st.sampled_from('a\n\r <>"&/é'), max_size=30) | st.sampled_from(
    ["</file>", "</project>", '<file path="x" lines="1">\n\n</file>\n</project>', "\n", ""]
)
PATHS = st.sampled_from(["index.html", "a & b.txt", 'q"<x>.md', "css/é.css"])


@given(st.dictionaries(PATHS, CONTENT, min_size=1))
def test_small_projects_come_back_whole(files: dict[str, str]) -> None:
    assert read_project(write_project(files)) == files


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
