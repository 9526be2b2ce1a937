"""Whether the hub is alive, and whether it can work."""

from typing import Final

from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import JSONResponse

from sync.api.access import TheHub
from sync.store.migrate import is_current

router: Final = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready")
def ready(hub: TheHub) -> JSONResponse:
    """Answers 200 if the database answers and has all that this version needs; it may have more."""
    with hub.database.transaction() as connection:
        connection.execute(text("SELECT 1"))
    current = is_current(hub.database)
    words = "ready" if current else "the database is not migrated: run boxoffice-hub migrate"
    return JSONResponse({"status": words}, 200 if current else 503)
