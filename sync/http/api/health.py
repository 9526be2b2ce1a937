"""Whether the hub is alive, and whether it can work."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import JSONResponse

from sync.http.services import TheServices
from sync.store.migrate import is_current

router: Final = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready")
def ready(services: TheServices) -> JSONResponse:
    """Answers 200 if the database answers and has all that this version needs, and all parts of this process run."""
    hub = services.hub
    hub.database.ping()
    if not is_current(hub.database):
        return JSONResponse({"status": "the database is not migrated: run boxoffice-hub migrate"}, 503)
    silent = services.beside.silent()
    if silent:
        return JSONResponse({"status": f"not heard of: {', '.join(silent)}", "silent": silent}, 503)
    return JSONResponse({"status": "ready"})
