"""The smallest tool calls that turn the old files into the new ones."""

from __future__ import annotations

from collections.abc import Mapping

from glacia_ui.claude.demo.script import Call
from glacia_ui.core.diff import Hunk, diff_files
from glacia_ui.core.edits import Edit, EditMissError, apply_edits


def calls_between(old: Mapping[str, str], new: Mapping[str, str]) -> list[Call]:
    """New files are written, longer ones are appended to, the rest is edited, pages first."""
    order = sorted(set(old) | set(new), key=lambda path: (not path.endswith(".html"), not path.endswith(".css"), path))
    calls: list[Call] = []
    for path in order:
        if path not in new:
            calls.append(Call("delete_file", {"path": path}))
        elif path not in old:
            calls.append(Call("write_file", {"path": path, "content": new[path]}))
        elif old[path] != new[path]:
            calls.append(_change(path, old[path], new[path]))
    return calls


def edits_between(old: str, new: str) -> list[Edit]:
    """Edits whose old text is unique when its turn comes; neighbouring lines are quoted only as far as that needs.

    Made for texts that both end in a newline, or both do not.
    """
    edits: list[Edit] = []
    lines, shift = old.split("\n"), 0
    for diff in diff_files({"": old}, {"": new}, context=0):
        for hunk in diff.hunks:
            start, stop = _old_range(hunk, shift)
            fresh = [line.text for line in hunk.lines if line.kind == "+"]
            edits.append(_unique_edit(lines, start, stop, fresh))
            lines[start:stop] = fresh
            shift += len(fresh) - (stop - start)
    return edits


def _change(path: str, old: str, new: str) -> Call:
    if new.startswith(old) and old.endswith("\n"):
        return Call("append_file", {"path": path, "content": new[len(old) :]})
    edits = edits_between(old, new)
    try:
        is_exact = apply_edits(old, edits) == new
    except EditMissError:
        is_exact = False
    if not is_exact:
        return Call("write_file", {"path": path, "content": new})
    return Call("edit_file", {"path": path, "edits": [{"old_str": edit.old, "new_str": edit.new} for edit in edits]})


def _old_range(hunk: Hunk, shift: int) -> tuple[int, int]:
    """Indexes into the lines as they are by now. For a pure insertion git names the line before it."""
    start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
    return start + shift, start + hunk.old_lines + shift


def _is_unique(block: str, text: str) -> bool:
    return text.find(block, text.find(block) + 1) < 0


def _unique_edit(lines: list[str], start: int, stop: int, fresh: list[str]) -> Edit:
    text = "\n".join(lines)
    first, last = start, stop
    if not fresh or start == stop:  # whole lines come or go: a neighbour carries the line break
        first, last = (start - 1, stop) if start else (start, stop + 1)
    while not _is_unique("\n".join(lines[first:last]), text) and (first > 0 or last < len(lines)):
        if first > 0:
            first -= 1
        else:
            last += 1
    before, after = lines[first:start], lines[stop:last]
    return Edit("\n".join(lines[first:last]), "\n".join([*before, *fresh, *after]))
