"""Decides what to do about a prompt: a new page, a change, an answer, or the honest word that it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from glacia_ui.claude.demo.brief import Brief, find_brief, is_beyond
from glacia_ui.claude.demo.build import build
from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.clauses import clauses, is_question
from glacia_ui.claude.demo.edit_calls import calls_between
from glacia_ui.claude.demo.fix_request import wishes_to_fix
from glacia_ui.claude.demo.follow_ups import follow_up
from glacia_ui.claude.demo.kinds import is_known_subject
from glacia_ui.claude.demo.questions import reply_to
from glacia_ui.claude.demo.script import Answer, Call
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_NEW = re.compile(
    r"^(?:an?|the|our|my)\s|^(?:please )?(?:build|create|generate|design|start over)\b"
    r"|^(?:make|write|give)\s+(?:me|us|a|an)\b|\binstead\b|\bnew (?:page|site|website)\b"
    r"|^(?:i|we)(?:'d| would)? (?:need|want|like)\b",
    re.IGNORECASE,
)
_KIND_OF_CHANGE = re.compile(r"^(?:add|change|remove|delete|rename|replace|put|insert|set|turn|use)\b", re.IGNORECASE)


def plan(prompt: str, files: Mapping[str, str], locked: frozenset[str] = frozenset()) -> Answer:
    """The whole answer, as if nothing of it had been sent yet. What is `locked` stays as it is."""
    site = Site.find(files)
    to_fix = wishes_to_fix(prompt)
    if to_fix is None and is_question(prompt):
        return reply_to(prompt, files)
    if site is not None:
        changed = _changes(site, prompt, to_fix, locked)
        if changed is not None:
            return changed
    brief = find_brief(prompt)
    if brief is not None and (site is None or _wants_new_page(prompt)):
        return _new_page(brief, files, locked)
    return Answer(thinking=text("demo.thought_lost"), text=_lost(prompt, has_page=site is not None))


def _wants_new_page(prompt: str) -> bool:
    return bool(_NEW.search(prompt)) and not _KIND_OF_CHANGE.match(prompt)


def _changes(site: Site, prompt: str, to_fix: list[str] | None, locked: frozenset[str]) -> Answer | None:
    """All wishes that are understood, one after the other; None when it is none of them, or a wish for a new page."""
    wishes = clauses(prompt) if to_fix is None else to_fix
    if not wishes or (to_fix is None and _wants_new_page(wishes[0]) and find_brief(prompt) is not None):
        return None
    after, outcomes = site, list[tuple[str, Change | Cannot | None]]()
    for wish in wishes:
        outcome = _unless_locked(after, follow_up(after, wish), locked)
        after = outcome.site if isinstance(outcome, Change) else after
        outcomes.append((wish, outcome))
    made = [outcome for _, outcome in outcomes if isinstance(outcome, Change)]
    refused = [outcome.why for _, outcome in outcomes if isinstance(outcome, Cannot)]
    if not made:
        return Answer(thinking=text("demo.thought_obstacle"), text=refused[0]) if refused else None
    lost = [text("demo.part_lost", wish=wish) for wish, outcome in outcomes if outcome is None]
    return _change_answer(site, after, made, [*refused, *lost])


def _unless_locked(before: Site, outcome: Change | Cannot | None, locked: frozenset[str]) -> Change | Cannot | None:
    """The change, or that a file is in its way."""
    if isinstance(outcome, Change) and (path := _first_locked(before.files, outcome.site.files, locked)):
        return Cannot(text("demo.locked", path=path))
    return outcome


def _first_locked(old: Mapping[str, str], new: Mapping[str, str], locked: frozenset[str]) -> str | None:
    """A locked file that would not stay as it is."""
    return next((path for path in sorted(locked) if old.get(path) != new.get(path)), None)


def _change_answer(before: Site, after: Site, made: list[Change], obstacles: list[str]) -> Answer:
    said = text("demo.will_change", changes=_joined([change.said for change in made]))
    first, *others = made
    title = text("demo.and_more", title=first.title, count=len(others)) if others else first.title
    finish = Call(
        "finish",
        {
            "title": title,
            "summary": [change.done for change in made],
            "what_to_check": list(dict.fromkeys(change.check for change in made))[:3],
        },
    )
    return Answer(
        thinking=text("demo.thought_change", changes=_joined([change.said for change in made])),
        text="\n\n".join([said, *obstacles]),
        calls=(*calls_between(before.files, after.files), finish),
    )


def _new_page(brief: Brief, files: Mapping[str, str], locked: frozenset[str]) -> Answer:
    built = build(brief)
    if path := _first_locked(files, built, locked):
        return Answer(thinking=text("demo.thought_obstacle"), text=text("demo.locked", path=path))
    name = _title(built["index.html"])
    kind = "prices" if brief.kind == "menu" and "menu" not in brief.prompt.lower() else brief.kind
    words = {"name": name, "what": text(f"demo.kind_{kind}")}
    parts = [text("demo.will_build", **words, details=text(f"demo.details_{brief.kind}"))]
    if not brief.is_understood:
        parts.append(text("demo.guessed"))
    elif not is_known_subject(brief):
        parts.append(text("demo.unknown_subject", subject=brief.subject))
    if files:
        parts.append(text("demo.replaces"))
    finish = Call(
        "finish",
        {
            "title": text("demo.built_title", **words),
            "summary": [text(f"demo.details_{brief.kind}"), text("demo.built_phone")],
            "what_to_check": [text(f"demo.check_{brief.kind}")],
        },
    )
    calls = [
        Call("write_file", {"path": path, "content": content})
        for path, content in built.items()
        if files.get(path) != content
    ]
    old = [Call("delete_file", {"path": path}) for path in files if path not in built]
    thought = text("demo.thought_build", what=words["what"], name=name)
    return Answer(thinking=thought, text="\n\n".join(parts), calls=(*calls, *old, finish))


def _title(html: str) -> str:
    """The page's name, without the line that follows it in the title."""
    found = re.search(r"<title>(.*?)</title>", html)
    return unescape(found[1]).split(": ")[0].rstrip("?!.") if found else ""


def _lost(prompt: str, *, has_page: bool) -> str:
    beyond = is_beyond(prompt)
    parts = [text("demo.beyond", what=beyond)] if beyond else [text("demo.lost")]
    return "\n\n".join([*parts, text("demo.can_change" if has_page else "demo.can_build")])


def _joined(items: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
