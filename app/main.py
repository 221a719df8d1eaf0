"""The application: wiring and lifespan only."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.middleware.gzip import GZipMiddleware

from app.languages import Languages
from app.resources import VERSION
from app.rooms.housekeeping import Housekeeping
from app.rooms.registry import Rooms
from app.settings import MEGABYTE, Settings
from app.store.ledger import Ledger
from app.store.leftovers import remove_unfinished
from app.web import files, health, metrics, pages, reading, results, sockets, workshops
from app.web.attempts import Attempts
from app.web.faults import Faults
from app.web.lag import Lag
from app.web.refusing import refuse_malformed
from app.web.security import Guard
from app.web.static import BrowserFiles
from app.workers.bounds import Bounds
from app.workers.supervisor import DataNotReady, Supervisor
from app.workshops.registry import Workshops
from app.workshops.tokens import Tokens, kept_secret


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing runs before its lifespan begins."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory(prefix="backscope-") as temporary:
            kept = settings.data_dir or Path(temporary)
            supervisor = Supervisor(
                workers=settings.workers,
                data=kept / "mnist",
                checkpoints=kept / "runs",
                mnist=settings.mnist_dir,
                brought=settings.data,
                bounds=_bounds(settings),
                log_format=settings.log_format,
            )
            app.state.supervisor = supervisor
            app.state.kept = kept
            app.state.rooms = Rooms(supervisor, app.state.languages, settings)
            ledger = Ledger(settings.data_dir / "workshops.db" if settings.data_dir else None)
            tokens = Tokens(kept_secret(settings.data_dir))
            app.state.workshops = Workshops(app.state.rooms, ledger, tokens, settings)
            housekeeping = Housekeeping(app.state.rooms, kept / "runs", settings, app.state.workshops.owns)
            try:
                await asyncio.to_thread(remove_unfinished, kept / "runs")
                await supervisor.start()
                app.state.workshops.open()
                housekeeping.begin()
                app.state.lag.begin()
                yield
            except DataNotReady as problem:
                app.state.problem = problem
                raise
            finally:
                await app.state.lag.end()
                await housekeeping.end()
                await app.state.workshops.close()
                await supervisor.stop()

    app = FastAPI(title="Backscope", version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.languages = Languages()
    app.state.attempts = Attempts()
    browser_files = BrowserFiles()
    app.state.pages = pages.Pages(app.state.languages, browser_files)
    app.state.draining = False
    app.state.problem = None
    app.state.lag = Lag()
    app.include_router(pages.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(sockets.router)
    app.include_router(files.router)
    app.include_router(reading.router)
    app.include_router(workshops.router)
    app.include_router(results.router)
    app.mount("/static", browser_files, name="static")
    app.add_exception_handler(RequestValidationError, refuse_malformed)
    app.add_exception_handler(404, pages.nothing_here)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    app.add_middleware(Faults, app.state.languages)
    app.add_middleware(
        Guard, settings.allowed_hosts, any_address=settings.profile == "lan", behind_tls=settings.behind_tls
    )
    return app


def _bounds(settings: Settings) -> Bounds:
    """Return what each worker may take."""
    return Bounds(
        runs=settings.most_megabytes_of_runs * MEGABYTE // settings.workers,
        run=settings.most_megabytes_of_a_run * MEGABYTE,
        history=settings.most_megabytes_of_histories * MEGABYTE // settings.workers,
        process=settings.most_megabytes_of_a_worker * MEGABYTE or None,
    )


async def drain(app: FastAPI) -> None:
    """Get ready to end: take no one in, save the runs, tell the viewers to come back later."""
    app.state.draining = True
    app.state.rooms.announce_end()
    await app.state.supervisor.stop()
    app.state.rooms.close()
