"""`/docs`: the OpenAPI document as a page, without scripts and without anybody else's server."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from index.errors import QAError
from qa.api.problems import title

STYLE = Path(__file__).parent / "docs.css"

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="/docs.css">
<main>
<h1>{title}</h1>
<p>{summary}. The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>
{body}
</main>
</html>
"""


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Every route, what it takes and what it answers, and every kind of error."""
    return HTMLResponse(page(request.app.openapi()))


@router.get("/docs.css")
def style() -> FileResponse:
    """How the page looks."""
    return FileResponse(STYLE)


def page(document: dict[str, Any]) -> str:
    """The page for an OpenAPI document."""
    told = document["info"]
    body = "\n".join([*_routes(document["paths"]), *_errors(), *_schemas(document)])
    return _PAGE.format(title=escape(told["title"]), summary=escape(told["summary"]), body=body)


def _routes(paths: dict[str, Any]) -> Iterator[str]:
    yield "<h2>Routes</h2>"
    for path, methods in paths.items():
        for method, route in methods.items():
            yield f"<section><h3><code>{method.upper()} {escape(path)}</code></h3>"
            yield from (f"<p>{escape(part)}</p>" for part in route["description"].split("\n\n"))
            yield _table((_parameter(one) for one in route.get("parameters", ())), "parameter")
            for kind, body in route.get("requestBody", {}).get("content", {}).items():
                yield f"<p>Takes <code>{kind}</code>: {_type(body['schema'])}</p>"
            yield _table((_response(*one) for one in route["responses"].items()), "status")
            yield "</section>"


def _errors() -> Iterator[str]:
    """Where the `type` of a problem points."""
    yield "<h2>Errors</h2><p>All are <code>application/problem+json</code>.</p>"
    known: list[type[QAError]] = [QAError]
    for kind in known:
        known += kind.__subclasses__()
    rows = (
        f'<tr id="{kind.__name__}"><td><code>{kind.__name__}</code><td>{kind.status}'
        f"<td>{escape(title(kind))}"
        for kind in known
    )
    yield _table(rows, "type", "status")


def _schemas(document: dict[str, Any]) -> Iterator[str]:
    yield "<h2>Objects</h2>"
    for name, schema in document["components"]["schemas"].items():
        yield f'<section id="schema-{name}"><h3><code>{name}</code></h3>'
        yield f"<p>{escape(schema.get('description', ''))}</p>"
        fields = schema.get("properties", {}).items()
        yield _table((_field(*one) for one in fields), "field", "type")
        yield "</section>"


def _table(rows: Iterator[str], *heads: str) -> str:
    body = "\n".join(rows)
    head = "".join(f"<th>{name}" for name in (*heads, "meaning"))
    return f"<table><tr>{head}\n{body}</table>" if body else ""


def _parameter(one: dict[str, Any]) -> str:
    return f"<tr><td><code>{one['name']}</code><td>{escape(one.get('description', ''))}"


def _response(status: str, one: dict[str, Any]) -> str:
    shapes = " or ".join(_type(kind.get("schema", {})) for kind in one.get("content", {}).values())
    return f"<tr><td>{status}<td>{escape(one['description'])} {shapes}"


def _field(name: str, schema: dict[str, Any]) -> str:
    told = schema.get("description", "")
    return f"<tr><td><code>{name}</code><td>{_type(schema)}<td>{escape(told)}"


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, with a link to the object it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{name}">{name}</a>'
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return " or ".join(map(_type, schema[choice]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {})) or 'any'}"
    return escape(str(schema.get("const") or schema.get("type", "")))
