"""What a socket says: the state first, then changes, and that there was none."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from riskcore.api.risk_bodies import GroupRiskEvaluation
from riskcore.api.shapes import Answer
from riskcore.api.values import Id, Instant, Number, StatusWord

VERSION = 1
"""Of these messages: a field may be added to a version, none is taken away or changed."""


class GroupBrief(Answer):
    """What of a group's evaluation tells that it is another one."""

    group_id: Id
    overall_status: StatusWord
    weakest_account_id: Id | None
    buffer: Number
    buffer_percent: Number
    timestamp: Instant
    oldest_taken_at: Instant | None
    latest_taken_at: Instant | None


class StateMessage(Answer):
    """The first frame of a socket: every group it follows, as it is now, worst first."""

    type: Literal["state"] = "state"
    version: Literal[1] = 1
    seq: int = Field(ge=1)
    evaluations: list[GroupRiskEvaluation]


class ChangeMessage(Answer):
    """One group has a new answer; `seq` rises by one with each."""

    type: Literal["change"] = "change"
    version: Literal[1] = 1
    seq: int = Field(ge=1)
    evaluation: GroupRiskEvaluation


class BriefStateMessage(Answer):
    """The first frame of a socket that asked for `detail=brief`."""

    type: Literal["state"] = "state"
    version: Literal[1] = 1
    seq: int = Field(ge=1)
    groups: list[GroupBrief]


class BriefChangeMessage(Answer):
    """One group has a new answer, on a socket that asked for `detail=brief`."""

    type: Literal["change"] = "change"
    version: Literal[1] = 1
    seq: int = Field(ge=1)
    group: GroupBrief


class GoneMessage(Answer):
    """A group was deleted; a socket that follows only that one is closed next."""

    type: Literal["gone"] = "gone"
    version: Literal[1] = 1
    seq: int = Field(ge=1)
    group_id: Id


class Heartbeat(Answer):
    """Nothing changed; `seq` is that of the last message."""

    type: Literal["heartbeat"] = "heartbeat"
    version: Literal[1] = 1
    seq: int = Field(ge=1)
