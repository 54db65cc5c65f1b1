"""What a text of the model says that it has done: which files it created, changed, deleted or renamed.

Read with rules, not understood, and rather too little than too much: a warning that is wrong costs more trust than a
claim that goes unnoticed. So only plain statements of the past count, in the first person or the passive ("I updated
`style.css`", "`old.css` has been deleted"). Whatever is asked, wished, planned, denied, conditional or of an earlier
request says nothing, and neither does another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from glacia_ui.core import claim_rules as rules
from glacia_ui.core.sentences import FILE, Sentence, sentences

Action = Literal["added", "created", "changed", "deleted", "renamed"]

_ACTIONS: dict[str, Action] = {verb: cast("Action", action) for action, verbs in rules.VERBS.items() for verb in verbs}


@dataclass(frozen=True, slots=True)
class Claim:
    """That something was done to a file, by the name that the text gives it; `new_path` for a rename that says it.

    `added` may be less than `created`: a script that was there can be added to a page. Without a path something was
    done, and the text does not say to which file.
    """

    action: Action
    path: str | None = None
    new_path: str | None = None


MOST_READ = 20_000
"""Characters that are looked at, the last ones, which hold what was done: 2 µs each, and others wait meanwhile."""


def read_claims(text: str) -> list[Claim]:
    """The claims of a text, in its order; what is claimed twice stands there twice."""
    claims: list[Claim] = []
    heading: Action | None = None
    if len(text) > MOST_READ:
        text = text[-MOST_READ:].partition("\n")[2]  # half a sentence may have lost its "not"
    for sentence in sentences(text):
        if heading and sentence.is_item:
            claims += _of_item(sentence, heading)
            continue
        heading = None
        if not sentence.is_question:
            heading = _heading(sentence.text)
            claims += _of_sentence(sentence)
    return claims


def _heading(text: str) -> Action | None:
    """Of a line like "I changed these files:", what is said of the items below it."""
    found = rules.HEADING.search(text) or (rules.HEADED.match(text) if text.rstrip().endswith(":") else None)
    return _action(found) if found and not rules.VOID.search(text) else None


def _of_item(sentence: Sentence, action: Action) -> list[Claim]:
    found = re.match(rf"^\W*{FILE}", sentence.text)
    if found is None or rules.VOID.search(sentence.text):
        return []
    return [Claim(action, path) for path in sentence.files(found[0])]


def _of_sentence(sentence: Sentence) -> Iterator[Claim]:
    listed = rules.LISTED.match(sentence.text)
    if found := listed or rules.HEADED.match(sentence.text):
        action: Action = "changed" if listed and _action(found) == "added" else _action(found)
        if not rules.VOID.search(sentence.text):
            yield from (Claim(action, path) for path in sentence.files(found["files"]))
        return
    start = 0
    for end in [*(turn.start() for turn in rules.TURN.finditer(sentence.text)), len(sentence.text)]:
        part = sentence.text[start:end]
        yield from _passive(sentence, part)
        yield from _states(sentence, part)
        yield from _active(sentence, part, is_first=start == 0)
        start = end
    if rules.DONE.match(sentence.text) and not rules.VOID.search(sentence.text):
        yield Claim("changed")


def _passive(sentence: Sentence, part: str) -> Iterator[Claim]:
    """ "style.css has been updated", "about.html is gone", "the colours in style.css were changed"."""
    for found in rules.PASSIVE.finditer(part):
        if rules.VOID.search(part, 0, found.end()) or rules.VOID_AFTER.match(part, found.end()):
            continue
        verb = (found["verb"] or "deleted").lower()
        place = rules.BEFORE_FILES.search(part[: found.start("files")])
        targets = sentence.files(found["to"] or "")
        if place or (verb == "moved" and not targets):
            action: Action | None = (
                "changed" if place and place["where"].lower() in ("in", "inside", "within") else None
            )
        else:
            action = _ACTIONS[verb]
        if action:
            new = targets[0] if targets and action == "renamed" else None
            yield from (Claim(action, path, new) for path in sentence.files(found["files"]))


def _states(sentence: Sentence, part: str) -> Iterator[Claim]:
    """ "The hours were added in index.html", "the styles now live in theme.css", "the headline has been changed"."""
    for found in rules.PASSIVE_IN.finditer(part):
        said = _object(part[found.end() :])
        if not rules.VOID.search(part, 0, found.end() + len(said)):
            yield from _of_place(sentence, found["verb"].lower(), said)
    for found in rules.NOW_IN.finditer(part):
        if not rules.VOID.search(part, 0, found.end()):
            yield from (Claim("added", path) for path in sentence.files(found["files"]))
    for found in rules.DONE_TO.finditer(part):
        if found["verb"].lower() not in rules.CHAT_VERBS and not rules.VOID.search(part):
            yield Claim(_action(found))


def _active(sentence: Sentence, part: str, *, is_first: bool) -> Iterator[Claim]:
    """ "I updated style.css", "Updated style.css", "…, and removed about.html", "In script.js, I fixed …"."""
    for found in rules.IN_FILE.finditer(part):
        if not rules.VOID.search(part, 0, found.end()):
            yield from (Claim("changed", path) for path in sentence.files(found["files"]))
    for found in rules.ACTIVE.finditer(part):
        if not _is_ours(found, part, is_first=is_first, is_item=sentence.is_item):
            continue
        following = part[found.end() :]
        said = _object(following)
        if rules.VOID.search(part, 0, found.end() + len(said)):
            continue
        yield from _of_verb(sentence, found["verb"].lower(), said, following)
        if _is_about_the_page(found["verb"].lower(), following) and not rules.ANOTHER_TIME.search(part):
            yield Claim(_action(found))


def _is_ours(found: re.Match[str], part: str, *, is_first: bool, is_item: bool) -> bool:
    """Whether it was us who did it: we are named, or the verb begins the sentence, or goes on after such a one."""
    if rules.SUBJECT.search(found[0]):
        return True
    if found["more"] is None:
        # "set up" may be an instruction, and a small letter the rest of a sentence that began on the line above.
        return is_first and found["verb"].lower() != "set up" and (is_item or found["verb"][:1].isupper())
    before = part[: found.start()]
    return bool(rules.SUBJECT.search(before) or (is_first and rules.BEGINS_WITH_VERB.match(before)))


def _of_verb(sentence: Sentence, verb: str, said: str, following: str) -> Iterator[Claim]:
    """What is said behind a verb: its object, or the place of what was done. `following` goes on behind the object."""
    renamed = (rules.RENAME if _ACTIONS[verb] == "renamed" else rules.NEW_NAME).match(following)
    if renamed:
        (old,), (new,) = sentence.files(renamed["old"]), sentence.files(renamed["new"])
        yield Claim("renamed", old, new)
        return
    direct = rules.DIRECT.match(said) or rules.NAMED_AFTER.match(following)
    if direct and _ACTIONS[verb] != "renamed" and verb not in rules.PLACE_ONLY:
        action: Action = "changed" if direct.groupdict().get("owner") else _ACTIONS[verb]
        if not _is_part(verb, following[direct.end() :]):
            yield from (Claim(action, path) for path in sentence.files(direct["files"]))
    if on_each := rules.ON_EACH.match(following):
        yield from (Claim("changed", path) for path in sentence.files(on_each["files"]))
    if not rules.BY_DOING.search(following):
        yield from _of_place(sentence, verb, said)


def _of_place(sentence: Sentence, verb: str, said: str) -> Iterator[Claim]:
    """ "… in style.css"; of "from index.html to about.html" neither, unless something was moved."""
    is_from = False
    for found in rules.PLACE.finditer(said):
        files = sentence.files(found["files"])
        if _is_changed_place(verb, found, files) and not is_from:
            yield from (Claim("changed", path) for path in files)
        is_from = found["where"].lower() == "from" and verb != "moved"


def _object(following: str) -> str:
    """What belongs to the verb before it, up to the next thought."""
    ends = rules.OBJECT_ENDS.search(following)
    return following[: ends.start()] if ends else following


def _is_part(verb: str, behind: str) -> bool:
    """Whether what stands behind a name shows that the file itself is not meant: "added script.js to the page"."""
    if rules.NOT_THE_FILE.match(behind):
        return True
    if _ACTIONS[verb] == "added":
        return bool(rules.INTO_PLACE.match(behind))
    return _ACTIONS[verb] == "deleted" and bool(rules.OUT_OF_PLACE.match(behind))


def _is_changed_place(verb: str, found: re.Match[str], files: list[str]) -> bool:
    """Whether "… in style.css" names a file that was changed, and not where a link leads or where something is from."""
    where, before = found["where"].lower(), found["before"]
    if where == "of":
        return _ACTIONS[verb] == "changed" and bool(rules.PART_OF.fullmatch(before))
    if where == "from":
        return verb in rules.FROM_VERBS
    if rules.LINKISH.fullmatch(before) and verb != "moved":
        return False
    if where == "on":
        return all(path.lower().endswith((".html", ".htm")) for path in files)
    return where != "to" or verb in rules.TO_VERBS


def _is_about_the_page(verb: str, following: str) -> bool:
    """Whether it says, without a file name, that something on the page is different now."""
    if "⟦" in following or verb in rules.CHAT_VERBS or rules.NO_WORK.match(verb + following):
        return False
    return bool(rules.UNNAMED.match(following))


def _action(found: re.Match[str]) -> Action:
    verb = found["verb"] or found["verb_behind"]
    return _ACTIONS[verb.lower()]
