"""Whether the hub is alive, and whether it can work."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import JSONResponse

from sync.http.services import TheServices

router: Final = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready")
async def ready(services: TheServices) -> JSONResponse:
    """Answers 200 if the database answers and has all that this version needs, and all parts of this process run."""
    problem = await services.readiness.problem()
    if problem is not None:
        return JSONResponse({"status": problem}, 503)
    silent = services.beside.silent()
    if silent:
        return JSONResponse({"status": f"not heard of: {', '.join(silent)}", "silent": silent}, 503)
    return JSONResponse({"status": "ready"})
