"""The stream that wakes a till (server-sent events)."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from sync.http.access import TheTill
from sync.http.services import TheServices

router: Final = APIRouter(prefix="/api/till", tags=["till"])


@router.get("/wake")
async def wake(services: TheServices, till: TheTill) -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        async for event in services.relay.events(till.id):
            yield f"data: {event.model_dump_json()}\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)
