"""What the API offers, for programs (`/api/openapi.json`) and as a page (`/api/docs`).

FastAPI writes the document; here it learns how to sign in and that every error is a problem document. The page is ours,
because the usual ones load their scripts from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from glacia_ui.core.texts import catalogue
from glacia_ui.errors import AuthenticationError
from glacia_ui.services.health import API_VERSION
from glacia_ui.web.csp import PLAIN_POLICY
from glacia_ui.web.problems import MEDIA_TYPE
from glacia_ui.web.templating import render
from glacia_ui.web.visit import API, open_visit

_METHODS = ("get", "post", "put", "patch", "delete")
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "message", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "An address for this kind of problem."},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs: stays the same."},
        "message": {"type": "string", "description": "For people: what happened and what to do."},
        "request_id": {"type": "string", "description": "Names this request in our logs; also in X-Request-ID."},
        "retry_after": {"type": "integer", "description": "Seconds until it can succeed; also in Retry-After."},
        "limit": {"type": "integer"},
        "window_seconds": {"type": "integer"},
        "resets_at": {"type": "string", "format": "date-time"},
        "last_working": {"type": ["integer", "null"], "description": "The last version without known errors."},
    },
}
_DESCRIPTION = (
    "Describe a web project, follow Claude writing it, compare and restore every version. Sign in for a token, then "
    "send it as Authorization: Bearer; a browser's cookie works, too. 100 calls a minute, not counting event streams."
)

router = APIRouter(include_in_schema=False)


@router.get("/api/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The document."""
    await open_visit(request)
    return JSONResponse(document(request.app))


@router.get("/api/docs")
async def read_docs(request: Request) -> Response:
    """The document as a page."""
    try:
        await open_visit(request)
    except AuthenticationError:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return RedirectResponse("/sign-in?next=/api/docs", 303, headers={"Cache-Control": "no-store"})
    found = document(request.app)
    problems = [(key.removeprefix("errors."), message) for key, message in catalogue("errors").items()]
    page = render("api_docs.html", document=found, sections=list(_sections(found)), problems=problems)
    return HTMLResponse(page, headers={"Content-Security-Policy": PLAIN_POLICY})


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the app's public routes, made once."""
    if app.openapi_schema is None:
        found = get_openapi(
            title="Glacia",
            version=API_VERSION,
            description=_DESCRIPTION,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        _complete(found)
        app.openapi_schema = found
    return app.openapi_schema


def _complete(found: dict[str, Any]) -> None:
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    problem = {
        "description": "What went wrong.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path, _, operation in _operations(found):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = problem
        is_open = not path.startswith(API) or path.endswith(("/sign-up", "/sign-in", "/guest"))
        operation["security"] = [] if is_open else [{"token": []}]


def _operations(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in found["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


def _sections(found: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Operations by tag, in the order of the routes, with references looked up as far as a reader needs them."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in _operations(found):
        entry = {
            "method": method.upper(),
            "path": path,
            "about": operation.get("description", ""),
            "inputs": [*_parameters(operation), *_fields(found, operation)],
            "answers": [(status, answer.get("description", "")) for status, answer in operation["responses"].items()],
        }
        sections.setdefault(operation.get("tags", ["other"])[0], []).append(entry)
    yield from sections.items()


def _parameters(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for parameter in operation.get("parameters", []):
        yield {
            "name": parameter["name"],
            "place": parameter["in"],
            "kind": _kind(parameter["schema"]),
            "is_required": parameter.get("required", False),
            "about": parameter.get("description", ""),
        }


def _fields(found: dict[str, Any], operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return
    schema = found["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    for name, field in schema["properties"].items():
        yield {
            "name": name,
            "place": "body",
            "kind": _kind(field),
            "is_required": name in schema.get("required", ()),
            "about": schema.get("description", ""),
        }


def _kind(schema: dict[str, Any]) -> str:
    """A type in words: "string or null"."""
    if "anyOf" in schema:
        return " or ".join(_kind(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(str(option) for option in schema["enum"])
    return str(schema.get("const") or schema.get("format") or schema.get("type", "any"))
