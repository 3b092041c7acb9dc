"""Sandbox controls: fault switches."""

from fastapi import APIRouter, Request

from makegood.sandbox.errors import Refused, documented
from makegood.sandbox.faults import EVERY_ROUTE, Fault
from makegood.sandbox.faulty import CONTROLS
from makegood.sandbox.world import World

router = APIRouter(tags=[CONTROLS])  # plain routes: a fault switch can always be turned off


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def _known(request: Request, route: str) -> None:
    known: list[str] = request.app.state.route_names
    if route != EVERY_ROUTE and route not in known:
        raise Refused(404, "unknown_route", f"No route is named {route!r}.", known=[EVERY_ROUTE, *known])


@router.get("/faults", name="read-faults", summary="The switches that are on.", responses=documented())
def read_faults(request: Request) -> dict[str, list[Fault]]:
    return {route: list(faults) for route, faults in _world(request).switchboard.shown().items()}


@router.put(
    "/faults/{route}",
    name="set-fault",
    summary="Make a route fail, by its name; '*' is each Seller API route without a switch of its own.",
    responses=documented("404 unknown_route"),
)
def set_fault(request: Request, route: str, body: Fault) -> dict[str, list[Fault]]:
    _known(request, route)
    _world(request).switchboard.put(route, body)
    return read_faults(request)


@router.delete(
    "/faults/{route}",
    name="clear-fault",
    summary="Turn a route's switches off: all, or the one `about` something.",
    responses=documented("404 unknown_route"),
)
def clear_fault(request: Request, route: str, about: str | None = None) -> dict[str, list[Fault]]:
    _known(request, route)
    _world(request).switchboard.clear(route, about)
    return read_faults(request)


@router.delete("/faults", name="clear-faults", summary="Turn all switches off.", responses=documented())
def clear_faults(request: Request) -> dict[str, list[Fault]]:
    _world(request).switchboard.clear()
    return read_faults(request)
