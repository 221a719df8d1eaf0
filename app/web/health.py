"""Probes: whether the process answers, and whether it can take viewers."""

import os
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.resources import VERSION
from app.settings import Settings

router = APIRouter()

MOST_LAG = 2.0
"""Seconds: an event loop that was so late lately serves nobody well, and a restart is better."""


@router.get("/healthz")
async def healthz(request: Request) -> JSONResponse:
    """Tell that the event loop answers, and in time."""
    lag: float = request.app.state.lag.most
    late = lag >= MOST_LAG
    said = {"status": "late" if late else "ok", "version": VERSION, "lag_seconds": round(lag, 3)}
    return JSONResponse(said, status_code=503 if late else 200)


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Tell whether all workers take runs, there is memory and a place to keep them, and no end is near."""
    state = request.app.state
    reason = _not_ready(state.draining, state.supervisor.ready, state.kept)
    used = state.rooms.memory
    settings: Settings = state.settings
    if reason is None and used is not None and used.share >= settings.memory_for_no_new_run:
        reason = "short of memory"
    if reason is not None:
        return JSONResponse({"status": reason}, status_code=503)
    workers = [
        {"name": worker.name, "pid": worker.pid, "runs": len(worker.runs), "steps_per_second": worker.steps_per_second}
        for worker in state.supervisor.workers
    ]
    return JSONResponse({"status": "ready", "viewers": state.rooms.viewers, "workers": workers})


def _not_ready(draining: bool, workers_ready: bool, kept: Path) -> str | None:
    if draining:
        return "draining"
    if not workers_ready:
        return "starting"
    # Asking is not writing: a full disk is told where a checkpoint fails, and training goes on all the same.
    if not os.access(kept, os.W_OK):
        return "read-only"
    return None
