"""Who is it: accounts, sessions and what a token is worth."""

from __future__ import annotations

from glacia_ui.identity.model import Admission, Departure, Identity, MailSent, Offers, SignedIn

__all__ = ["Admission", "Departure", "Identity", "MailSent", "Offers", "SignedIn"]
