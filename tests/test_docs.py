"""What the documents say is so: settings, commands, files, links, words; and no trace of a machine is committed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from glacia_ui.core import books, models
from glacia_ui.core.texts import catalogue
from glacia_ui.settings import UNUSED, Settings
from glacia_ui.settings_sources import SERVER_KEYS, environment_names

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TARGETS = set(re.findall(r"^([a-z-]+):.*  ## ", MAKEFILE, re.MULTILINE))
AREAS = sorted(path.stem for path in (ROOT / "glacia_ui/core/texts/en").glob("*.py") if path.stem != "__init__")

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def tracked() -> list[Path]:
    """Every file of the repository, except what is not text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file() and path.suffix not in (".png", ".ico", ".woff2")]


def code() -> str:
    """All Python of the app as one text."""
    paths = [ROOT / "app.py", *(ROOT / "glacia_ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in paths)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_explained(field: str) -> None:
    for name in environment_names(field):
        assert f"`{name}`" in OPERATIONS


@pytest.mark.parametrize("field", sorted(Settings.model_fields.keys() - UNUSED))
def test_every_setting_is_used(field: str) -> None:
    """Or else it is one of those that the log calls unused."""
    assert re.search(rf"\b(?:self|settings)\.{field}\b", code())


@pytest.mark.parametrize("key", [*SERVER_KEYS, "primaryColor", "textColor", "font"])
def test_every_streamlit_name_is_explained(key: str) -> None:
    assert f"`{key}`" in OPERATIONS


def test_every_name_that_looks_like_a_setting_is_one() -> None:
    known = {name for field in Settings.model_fields for name in environment_names(field)} | {"GLACIA_FULL"}
    named = {name for path in DOCUMENTS for name in re.findall(r"\bGLACIA_[A-Z_]+\b", path.read_text("utf-8"))}
    assert named <= known


@each_document
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"^make ([a-z-]+)|`(?:[A-Z]+=\S+ )?make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE))
    assert {first or second for first, second in named} <= TARGETS


def test_every_make_target_is_explained() -> None:
    assert {target for target in TARGETS if f"`make {target}`" not in OPERATIONS} == set()


def test_every_command_is_explained() -> None:
    code = (ROOT / "glacia_ui/__main__.py").read_text("utf-8")
    names = set(re.findall(r'\bcommand == "([a-z-]+)"', code) + re.findall(r'add_parser\("([a-z-]+)"', code))
    assert names
    assert {name for name in names if f"`python -m glacia_ui {name}" not in OPERATIONS} == set()


@each_document
def test_every_file_that_is_named_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    folders = "glacia_ui|pages|tests|supabase|templates|docs|benchmarks|deploy"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


@each_document
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target.partition("#")[0]).exists()] == []


def test_every_dependency_has_its_reason() -> None:
    decisions = (ROOT / "docs/decisions.md").read_text("utf-8")
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    names = [re.match(r"[\w-]+", line)[0] for line in wanted]  # type: ignore[index]
    assert [name for name in names if not re.search(rf"\b{name}\b", decisions)] == []


def test_everything_that_is_needed_is_pinned() -> None:
    pinned = (ROOT / "requirements.txt").read_text("utf-8") + (ROOT / "requirements-dev.txt").read_text("utf-8")
    lines = [line for line in pinned.splitlines() if line and not line.startswith(("#", "-r requirements.txt"))]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    names = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {re.match(r"[\w-]+", line)[0].lower().replace("_", "-") for line in wanted} <= names  # type: ignore[index]


def test_the_changelog_knows_this_version() -> None:
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize(
    "model", ["Project", "Message", "Generation", "Snapshot", "ChangeCard", "Quota", "RateWindow", "UsageEvent"]
)
def test_the_glossary_has_every_thing_we_talk_about(model: str) -> None:
    assert hasattr(books if model == "UsageEvent" else models, model)
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", model).lower()
    assert f"| {words} |" in (ROOT / "docs/glossary.md").read_text("utf-8")


@pytest.mark.parametrize("area", AREAS)
def test_people_are_spoken_to_in_their_words(area: str) -> None:
    forbidden = re.compile(r"\b(snapshots?|prompts?|commit(s|ted)?|refund(s|ed)?|oops|sorry)\b|(?<!<)!", re.IGNORECASE)
    texts = {key: re.sub(r"\{\w+\}", "", text) for key, text in catalogue(area).items()}
    assert {key: text for key, text in texts.items() if forbidden.search(text)} == {}


@pytest.mark.parametrize("area", AREAS)
def test_texts_can_be_filled_in(area: str) -> None:
    for text in catalogue(area).values():
        names = re.findall(r"\{(\w+)[^}]*\}", text)
        assert text.format(**dict.fromkeys(names, 1)) is not None


def test_nothing_of_a_machine_or_a_registry_is_in_the_repository() -> None:
    hosts = r"files\.pythonhosted\.org|pypi\.org|registry\.npmjs\.org|deb\.debian\.org"
    wrong = re.compile(rf"{hosts}|(?<![\w.$}}])/(?:work|farm|root|home)/\w+|--(?:extra-)?index-url|--find-links")
    me = Path(__file__).resolve()
    found = [
        (path.relative_to(ROOT).as_posix(), match[0])
        for path in tracked()
        if path != me
        for match in [wrong.search(path.read_text("utf-8"))]
        if match
    ]
    assert found == []


def test_no_work_is_left_open() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X{3})\b")
    skips = re.compile(r"mark\.(skip|skipif|xfail)\b|pytest\.(skip|xfail|importorskip)\(")
    me = Path(__file__).resolve()
    found = [
        (path.relative_to(ROOT).as_posix(), line.strip())
        for path in tracked()
        if path != me and path.suffix in (".py", ".js", ".css", ".sql", ".html", ".toml", "")
        for line in path.read_text("utf-8").splitlines()
        if words.search(line) or skips.search(line)
    ]
    assert found == []
