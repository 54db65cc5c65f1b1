"""Names that a model makes up, all the way: through the tools, the database and the archive, to folders on a disk.

At full size 10,000 of them. What passes must land where its name says, on POSIX and by the rules of Windows.
"""

from __future__ import annotations

import io
import ntpath
import sys
import zipfile
from pathlib import Path, PureWindowsPath
from random import Random
from uuid import UUID

from glacia_ui.core.events import Event
from glacia_ui.core.reply import ToolCall
from glacia_ui.core.staging import Staging
from glacia_ui.core.tools import Toolbox
from glacia_ui.db.files import Files
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.services.exports import Exports
from tests.conftest import MakeUser
from tests.support.sizes import full_size
from tests.support.studio import open_studio
from tests.support.web import Writer

NAMES = full_size(10_000, 800)
AT_ONCE = 400
"""Of one project, which takes 500 files."""

HOSTILE = [
    *(
        "..",
        ".",
        "",
        "...",
        "....//",
        "~",
        "/",
        "\\",
        "C:",
        "c:\\windows",
        "\\\\host\\share",
        "//host/share",
        "\\\\?\\C:\\x",
    ),
    *("con", "NUL.txt", "aux .x", "COM¹", "lpt9", "CONIN$", "prn.", "com1.css", ".git", "GIT~1", ".GIT ", "PROGRA~1"),
    *("%2e%2e", "%2F", "%00", "..%5c", "a%20b", "‥", "．．", "／", "＼", "\u2215", "\u29f8", "\uff0e", "\u2024"),
    *(
        "\x00",
        "\n",
        "\r\n",
        "\t",
        "\x1b[2J",
        "\x7f",
        "\x85",
        "\u202e",
        "\u200b",
        "\u2028",
        "\ufeff",
        "\u00ad",
        "\ud800",
    ),
    *(
        "a.",
        "a ",
        " a",
        "a. .",
        "a:b",
        "a:$DATA",
        "a*",
        "a?",
        'a"',
        "a<b",
        "a|b",
        "a;b",
        "`id`",
        "$(id)",
        "${x}",
        "-rf",
    ),
    *("x" * 255, "x" * 256, "é" * 127, "é" * 128, "👍" * 63, "👍" * 64, "a/" * 249 + "a", "a/" * 250 + "a"),
    *("é", "e\u0301", "ß", "SS", "İ", "i\u0307", "ı", "ﬁ", "K", "k", "ſ", "Å", "\u212b", "index.html", "INDEX.HTML"),
]
ORDINARY = [
    "index.html",
    "css",
    "style.css",
    "script.js",
    "img",
    "über uns.html",
    "日本",
    "a",
    "b.c",
    "_",
    "data-1.json",
]
BETWEEN = ["/", "/", "/", "/", "\\", "//", "/./", "/../", "／", ":", ""]


def make_names(count: int) -> list[str]:
    """The same ones each time: hostile pieces alone, among ordinary ones, and cut and glued anew."""
    random = Random(20261126)
    names = [*HOSTILE]
    while len(names) < count:
        parts = [random.choice(random.choice((HOSTILE, ORDINARY, ORDINARY))) for _ in range(random.randint(1, 4))]
        name = parts[0]
        for part in parts[1:]:
            name += random.choice(BETWEEN) + part
        if random.random() < 0.2:
            place = random.randint(0, len(name))
            name = name[:place] + random.choice(HOSTILE) + name[place:]
        names.append(name)
    return names[:count]


def write_all(names: list[str]) -> tuple[Staging, int]:
    """Call write_file for each, as a model would. (what is staged, how many calls were refused)."""
    staging = Staging({})
    toolbox = Toolbox(staging)
    for number, name in enumerate(names):
        call = ToolCall(f"toolu_{number}", "write_file", {"path": name, "content": f"file {number}\n"}, name)
        result = toolbox.run(call)
        assert result.ok == (staging.files.get(name) == f"file {number}\n")
        assert result.ok or result.message
    return staging, toolbox.failures


async def store(transport: Transport, user: Caller, files: dict[str, str]) -> bytes:
    """A version with these files, taken home as a ZIP."""
    async with open_studio(transport) as studio:
        project_id = (await studio.projects.create(user, "Names")).id
        rows = studio.rows
        await rows.begin_generation(user, project_id, "x", model="m", idempotency_key=None, is_simulated=True)
        claimed = await Writer(transport).claim(project_id)
        last = [Event(seq=1, type="done", data={"outcome": "committed", "card": None})]
        assert await Writer(transport).finish(claimed, files, last) == 1
        return await zipped(transport, user, project_id)


async def zipped(transport: Transport, user: Caller, project_id: UUID) -> bytes:
    _, archive = await Exports(ProjectRows(transport), Files(transport)).zip(user, project_id)
    return archive


def extract(archive: bytes, folder: Path) -> dict[str, str]:
    """What is on the disk afterwards, by path from the folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert all(path.resolve().is_relative_to(folder.resolve()) for path in found)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def assert_same_on_windows(names: list[str]) -> None:
    """Each is one file, below its folder, under just this name; and no two are the same one."""
    for name in names:
        path = PureWindowsPath(name)
        assert (path.drive, path.root, path.is_reserved()) == ("", "", False), name
        assert ntpath.normpath(ntpath.join("C:\\base", name)) == "C:\\base\\" + name.replace("/", "\\")
        assert zipfile.ZipFile._sanitize_windows_name(name, "/") == name  # type: ignore[attr-defined]
        assert all(part == part.rstrip(". ") for part in path.parts)
    assert len({PureWindowsPath(name) for name in names}) == len(names)
    folders = {parent for name in names for parent in PureWindowsPath(name).parents}
    assert not folders & {PureWindowsPath(name) for name in names}


async def test_no_name_gets_out_of_its_folder(transport: Transport, make_user: MakeUser, tmp_path: Path) -> None:
    names = make_names(NAMES)
    accepted = refused = 0
    for start in range(0, len(names), AT_ONCE):
        staging, failures = write_all(names[start : start + AT_ONCE])
        refused += failures
        accepted += len(staging.files)
        archive = await store(transport, await make_user(), staging.files)
        outside, inside = tmp_path / str(start), tmp_path / str(start) / "a" / "b" / "c"
        inside.mkdir(parents=True)
        assert extract(archive, inside) == staging.files
        assert [path for path in outside.rglob("*") if path.is_file() and not path.is_relative_to(inside)] == []
        assert_same_on_windows(list(staging.files))
    sys.stdout.write(f"\n{len(names)} names, {refused} refused, {accepted} files; 0 escapes\n")
    assert accepted > NAMES / 20
    assert refused > NAMES / 2
