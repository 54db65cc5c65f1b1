"""What an answer says and the files do not show. The page puts it beside the facts."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "changed": "The answer says that {path} was changed, but it is as it was before.",
    "missing": "The answer speaks of a file {path}, but there is no such file.",
    "deleted": "The answer says that {path} was deleted, but it is still there.",
    "renamed": "The answer says that {path} got another name, but it is still there under this one.",
    "nothing": "The answer speaks of a change, but nothing was changed.",
}
