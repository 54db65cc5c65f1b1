"""E-mail addresses: one spelling for each, and what cannot be one."""

from __future__ import annotations

import re
import unicodedata

from glacia_ui.errors import ValidationError

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]+\.[^@\s.\x00-\x1f\x7f]+")
_LONGEST = 254


def checked_email(email: str) -> str:
    """The address as it is stored. Raises ValidationError when it cannot be one."""
    email = normal_email(email)
    if len(email) > _LONGEST or not _EMAIL.fullmatch(email):
        raise ValidationError(code="email_invalid")
    return email


def normal_email(email: str) -> str:
    """One spelling per address, so that capitals or composed letters do not make a second account."""
    return unicodedata.normalize("NFKC", email).strip().lower()
