"""Who is it: accounts, sessions and what a token is worth."""

from __future__ import annotations

from glacia_ui.identity.model import Admission, Identity, SignedIn

__all__ = ["Admission", "Identity", "SignedIn"]
