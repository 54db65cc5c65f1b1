"""The session cookie: read by no script, sent by no other site's forms, kept as long as the session."""

from __future__ import annotations

from fastapi import Request, Response

from glacia_ui.web.context import context_of


def set_session_cookie(request: Request, response: Response, access_token: str) -> None:
    """Hand the browser its session."""
    context = context_of(request)
    response.set_cookie(
        context.options.cookie_name,
        access_token,
        max_age=context.services.identity.session_seconds,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Make the browser forget it."""
    name = context_of(request).options.cookie_name
    response.delete_cookie(name, path="/", secure=is_https(request), httponly=True, samesite="lax")


def is_https(request: Request) -> bool:
    return context_of(request).options.is_https or request.url.scheme == "https"
