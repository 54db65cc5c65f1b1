"""The sign-in page, and the few plain pages that stand outside the app."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "sign_in_page": "Sign in · Glacia",
    "sign_in_title": "Sign in to Glacia",
    "sign_up_page": "Create an account · Glacia",
    "sign_up_title": "Create your account",
    "lead": "Describe a web page. Watch it being built. Keep every version.",
    "email": "Email",
    "password": "Password",
    "password_hint": "{limit} characters or more.",
    "sign_in": "Sign in",
    "sign_up": "Create account",
    "or": "or",
    "guest": "Try it as a guest",
    "guest_hint": "No email needed. A guest cannot sign in again: your projects stay until you sign out here.",
    "new_here": "New here?",
    "have_account": "Have an account?",
    "home": "Glacia, home",
    "page_missing_title": "This page does not exist",
    "page_missing": "The address may be mistyped, or the page has moved.",
    "page_failed_title": "This page could not be shown",
    "page_home": "Go to the start page",
    "page_request": "Request id: {request_id}",
    "preview_missing_title": "This page is not in your project yet",
    "preview_missing": "There is no file “{path}” in this version. Ask Claude to add it, or change the link that leads here.",
    "preview_empty": "This version has no index.html, so there is no start page to show. Ask Claude to add one.",
    "preview_gone_title": "This preview is not available",
}
