"""The web application: doors and pages joined, with what holds for all of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from makegood import wiring
from makegood.web import (
    case_actions,
    case_page,
    cases_page,
    files,
    health,
    intake,
    login,
    metrics,
    progress_answers,
    progress_page,
    refusals,
    replies,
    tasks_page,
    waiting,
    webhooks,
)
from makegood.web.edge import Edge
from makegood.web.site import Site

ROUTERS = [
    module.router
    for module in (
        health,
        metrics,
        intake,
        webhooks,
        waiting,
        replies,
        progress_page,
        progress_answers,
        login,
        cases_page,
        case_page,
        case_actions,
        tasks_page,
        files,
    )
]
OWN = Path(__file__).parent / "static"


def make_app() -> FastAPI:
    """A uvicorn factory: this installation's desk and secrets."""
    settings = wiring.settings()
    token = settings.metrics_token
    return open_app(
        Site(
            desk=wiring.desk(),
            intake_secret=settings.intake_bytes(),
            webhook_secret=settings.webhook_bytes(),
            session_secret=settings.link_bytes(),
            secure=settings.web_url.startswith("https:"),
            waiting_token=settings.waiting_bytes(),
            metrics_token=token.get_secret_value().encode() if token else None,
        )
    )


def open_app(site: Site) -> FastAPI:
    # no generated pages: theirs fetch scripts from elsewhere, and the doors are documented in docs/
    app = FastAPI(title="makegood", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    app.state.metrics_page = metrics.Page()
    refusals.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/", _to_the_desk, methods=["GET"])
    app.mount("/static/vendor", StaticFiles(directory=_vendor()))
    app.mount("/static", StaticFiles(directory=OWN))
    app.add_middleware(Edge)
    return app


def _to_the_desk() -> RedirectResponse:
    return RedirectResponse("/desk", 303)


def _vendor() -> Path:
    """Tabler's style sheets, as starlette-admin ships them; none of its code is run."""
    found = importlib.util.find_spec("starlette_admin")
    assert found is not None, "locked in requirements.txt"
    assert found.submodule_search_locations is not None, "a package has a place"
    return Path(found.submodule_search_locations[0]) / "static" / "css" / "vendor"
