"""Probes: whether the process answers, and whether it can take viewers."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.resources import VERSION

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the event loop answers."""
    return {"status": "ok", "version": VERSION}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Tell whether all workers take runs and the server is not about to end."""
    state = request.app.state
    if state.draining:
        return JSONResponse({"status": "draining"}, status_code=503)
    if not state.supervisor.ready:
        return JSONResponse({"status": "starting"}, status_code=503)
    workers = [
        {"name": worker.name, "pid": worker.pid, "runs": len(worker.runs), "steps_per_second": worker.steps_per_second}
        for worker in state.supervisor.workers
    ]
    return JSONResponse({"status": "ready", "viewers": state.rooms.viewers, "workers": workers})
