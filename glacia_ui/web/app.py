"""The web app: middlewares outside, routes in order, Gradio last and behind its guard.

Order matters twice. Of the middlewares, the first listed is the outermost. Of the routes, the first that fits answers,
so whatever is ours comes before Gradio, which is mounted at `/` and would take everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from glacia_ui.errors import AppError
from glacia_ui.web import (
    assets,
    callback,
    confirm,
    health,
    mail_links,
    metrics,
    new_password,
    oauth,
    openapi,
    preview,
    problems,
    sign_in,
    site_files,
    validation,
)
from glacia_ui.web.access_log import AccessLogMiddleware
from glacia_ui.web.api import attachments, auth, files, generations, me, projects, quotes, snapshot_health, usage
from glacia_ui.web.body_limit import BodyLimitMiddleware
from glacia_ui.web.catch_errors import CatchErrorsMiddleware
from glacia_ui.web.context import Context
from glacia_ui.web.csp import SecurityHeadersMiddleware
from glacia_ui.web.guard import guard_pages
from glacia_ui.web.measure import MeasureMiddleware
from glacia_ui.web.notices import error_page
from glacia_ui.web.options import WebOptions
from glacia_ui.web.origin import OriginMiddleware
from glacia_ui.web.request_id import RequestIdMiddleware
from glacia_ui.web.scope import wants_page
from glacia_ui.web.sessions import Sessions
from glacia_ui.web.unknown import UnknownRoute
from glacia_ui.web.visit import API, PAGE

if TYPE_CHECKING:
    from glacia_ui.services.container import Services

UPLOADS = re.compile(r"/(?:api|page)/v1/projects/[^/]+/attachments")
UPLOAD_BYTES = 6_000_000
"""A little more than an attachment may have: the service then says so in its own words."""
MountPages = Callable[[FastAPI], object]


def create_app(services: Services, options: WebOptions, mount_pages: MountPages | None = None) -> FastAPI:
    """The app. `mount_pages` mounts Gradio at `/` of what it is given; without it there are no pages.

    The version in the addresses of our assets is `app.state.asset_version`.
    """
    context = Context(services, options, Sessions(services.identity))
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(services, options),
        exception_handlers={
            AppError: _answer_error,
            HTTPException: _answer_error,
            RequestValidationError: _answer_error,
        },
    )
    app.state.context = context
    app.state.asset_version = assets.load_assets().version
    _add_routes(app)
    if mount_pages is not None:
        mount_pages(app)
        guard_pages(app, context)
    return app


def stop_streams(app: FastAPI) -> None:
    """End every event stream now, because the process is about to stop. Safe in a signal handler of the event loop."""
    app.state.context.closing.set()


def _middleware(services: Services, options: WebOptions) -> list[Middleware]:
    return [
        Middleware(RequestIdMiddleware),
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(options.trusted_proxies)),
        Middleware(MeasureMiddleware, metrics=services.metrics),
        Middleware(AccessLogMiddleware),
        Middleware(SecurityHeadersMiddleware),
        Middleware(CatchErrorsMiddleware),
        Middleware(OriginMiddleware, public_origin=options.public_url, is_local_only=options.is_local_only),
        Middleware(BodyLimitMiddleware, limit=options.max_body_bytes, larger={UPLOADS: UPLOAD_BYTES}),
        # Allows nobody. Gradio sees it and then leaves out its own, which lets every origin in.
        Middleware(CORSMiddleware),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
    ]


def _add_routes(app: FastAPI) -> None:
    api = APIRouter()
    for router in (auth.router, me.router, projects.router, files.router, generations.router, generations.streams):
        api.include_router(router)
    for router in (attachments.router, snapshot_health.router, quotes.router, quotes.uncounted, usage.router):
        api.include_router(router)
    public = APIRouter()
    public.include_router(auth.public)
    app.include_router(public, prefix=API)
    app.include_router(api, prefix=API)
    app.include_router(api, prefix=PAGE, include_in_schema=False)
    for router in (
        openapi.router,
        health.router,
        metrics.router,
        preview.router,
        assets.router,
        site_files.router,
        sign_in.router,
        mail_links.router,
        oauth.router,
        callback.router,
        confirm.router,
        new_password.router,
    ):
        app.include_router(router)
    known = tuple(app.router.routes)
    unknown = UnknownRoute(lambda: known)
    for path in ("/api", "/api/{rest:path}", "/page", "/page/{rest:path}", "/health/{rest:path}"):
        app.router.routes.append(Route(path, unknown))


async def _answer_error(request: Request, error: Exception) -> Response:
    """Every error that a route raises on purpose, as a page for people or a problem for programs."""
    if isinstance(error, RequestValidationError):
        error = validation.as_app_error(error)
    elif isinstance(error, HTTPException):
        error = problems.as_app_error(error)
    if not isinstance(error, AppError):
        raise error
    return (
        error_page(request.scope, error)
        if wants_page(request.scope)
        else problems.problem_response(request.scope, error)
    )
