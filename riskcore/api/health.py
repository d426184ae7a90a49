"""Health: whether the desk answers."""

from __future__ import annotations

from fastapi import APIRouter

import riskcore
from riskcore.api import schemas
from riskcore.api.identity import TheDesk

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", response_model=schemas.Health)
async def health(desk: TheDesk) -> schemas.Health:
    """That the desk answers, and which version it is."""
    return schemas.Health(status="ok", version=riskcore.__version__, time=desk.clock())
