"""What a follow-up comes to: a changed site and a sentence about it, or the honest word that it cannot be done."""

from __future__ import annotations

from dataclasses import dataclass

from glacia_ui.claude.demo.site import Site


@dataclass(frozen=True, slots=True)
class Change:
    """`title`, `done` and `check` go on the change card; `said` into the chat, where it completes "I’ll …"."""

    site: Site
    title: str
    said: str
    done: str
    check: str


@dataclass(frozen=True, slots=True)
class Cannot:
    """Understood, but not possible on this page."""

    why: str
