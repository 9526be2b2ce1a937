"""Joins the parts of the hub into one web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sync.api import health, problems, till
from sync.api.body_limit import BodyLimit
from sync.config import Settings, require
from sync.services.hub import Hub
from sync.store.database import Database


def build(settings: Settings, public_url: str | None = None) -> FastAPI:
    """Returns the hub's application, ready to be served.

    Raises:
        BadInput: naming every setting that is missing.
    """
    require(settings, ["the database", "event keys"])
    database = Database(settings.database(), settings.database_connections)
    url = settings.hub_public_url or public_url or "http://127.0.0.1:8000"
    hub = Hub.open(settings, database, url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    app = FastAPI(title="Boxoffice hub", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.add_middleware(BodyLimit)
    problems.install(app)
    app.include_router(health.router)
    app.include_router(till.router)
    return app
