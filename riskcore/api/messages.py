"""What a socket says: the state first, then changes, and that there was none."""

from __future__ import annotations

from typing import Literal

from riskcore.api.risk_bodies import GroupRiskEvaluation
from riskcore.api.shapes import Answer
from riskcore.api.values import Id


class StateMessage(Answer):
    """The first frame of a socket: every group it follows, as it is now."""

    type: Literal["state"] = "state"
    version: Literal[1] = 1
    seq: int
    evaluations: list[GroupRiskEvaluation]


class ChangeMessage(Answer):
    """One group has a new answer; `seq` rises by one with each."""

    type: Literal["change"] = "change"
    version: Literal[1] = 1
    seq: int
    evaluation: GroupRiskEvaluation


class GoneMessage(Answer):
    """A group was deleted; a socket that follows only that one is closed next."""

    type: Literal["gone"] = "gone"
    version: Literal[1] = 1
    seq: int
    group_id: Id


class Heartbeat(Answer):
    """Nothing changed; `seq` is that of the last message."""

    type: Literal["heartbeat"] = "heartbeat"
    version: Literal[1] = 1
    seq: int
