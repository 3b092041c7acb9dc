"""The documentation page: the OpenAPI description as plain HTML, with nothing fetched from elsewhere."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

TEMPLATES = Environment(loader=PackageLoader("makegood.sandbox"), autoescape=True, trim_blocks=True)


def install(app: FastAPI) -> None:
    TEMPLATES.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(render(app.openapi()))

    @app.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse("/docs")


def render(openapi: dict[str, Any]) -> str:
    return TEMPLATES.get_template("docs.html").render(
        info=openapi["info"],
        description=Markup(MarkdownIt("commonmark", {"html": False}).render(openapi["info"]["description"])),  # noqa: S704 - our own text, HTML off
        groups=[(tag, _operations(openapi, tag["name"])) for tag in openapi["tags"]],
        schemas=openapi["components"]["schemas"],
    )


def _operations(openapi: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    return [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        if tag in operation.get("tags", [])
    ]
