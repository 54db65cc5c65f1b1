"""What the built-in model can do to a page that is there: one kind of wish a file, tried in this order.

Each is a function of the site and one wish: a Change, Cannot when it was understood but is not possible, or None when
it is about something else.
"""

from __future__ import annotations

from collections.abc import Callable

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.follow_ups.add import add_section
from glacia_ui.claude.demo.follow_ups.colours import change_colours
from glacia_ui.claude.demo.follow_ups.parts import add_button, add_footer
from glacia_ui.claude.demo.follow_ups.remove import remove_section
from glacia_ui.claude.demo.follow_ups.repair import repair
from glacia_ui.claude.demo.follow_ups.shape import change_corners, change_font, change_text_size
from glacia_ui.claude.demo.follow_ups.wording import change_wording
from glacia_ui.claude.demo.site import Site

FollowUp = Callable[[Site, str], Change | Cannot | None]

FOLLOW_UPS: tuple[FollowUp, ...] = (
    repair,
    change_wording,
    remove_section,
    add_footer,
    add_button,
    add_section,
    change_corners,
    change_font,
    change_text_size,
    change_colours,
)


def follow_up(site: Site, wish: str) -> Change | Cannot | None:
    """The first that has an answer."""
    return next((change for try_one in FOLLOW_UPS if (change := try_one(site, wish))), None)
