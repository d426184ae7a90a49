"""Spoken: answers as the text of a socket's frames, each put into words once for all listeners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from riskcore.api import messages, risk_bodies
from riskcore.domain.model import AccountRisk, GroupRiskEvaluation
from riskcore.live.answers import Answer


@dataclass(frozen=True, eq=False)
class Spoken:
    """One level of detail: how it says a group, and what frames call one and several."""

    say: Callable[[GroupRiskEvaluation], str]
    one: str
    several: str
    _texts: WeakKeyDictionary[Answer, str] = field(default_factory=WeakKeyDictionary)

    def state(self, seq: int, answers: Sequence[Answer]) -> str:
        """The first frame: where every group stands."""
        groups = ",".join(self._text(answer) for answer in answers)
        return self._frame("state", seq, f'"{self.several}":[{groups}]')

    def change(self, seq: int, answer: Answer) -> str:
        """The frame of one group's new answer."""
        return self._frame("change", seq, f'"{self.one}":{self._text(answer)}')

    def _frame(self, kind: str, seq: int, content: str) -> str:
        return f'{{"type":"{kind}","version":{messages.VERSION},"seq":{seq},{content}}}'

    def _text(self, answer: Answer) -> str:
        text = self._texts.get(answer)
        if text is None:
            text = self._texts[answer] = self.say(answer.evaluation)
        return text


class Members:
    """The answers of accounts in words: of a group that changed, most members have not."""

    def __init__(self) -> None:
        self._said: dict[UUID, tuple[AccountRisk, str]] = {}

    def say(self, evaluation: GroupRiskEvaluation) -> str:
        """A group with its members, as GroupRiskEvaluation is written."""
        group = risk_bodies.GroupWithoutMembers.model_validate(evaluation).model_dump_json()
        members = ",".join(self._member(member) for member in evaluation.members)
        return f'{group[:-1]},"members":[{members}]}}'

    def _member(self, member: AccountRisk) -> str:
        said, text = self._said.get(member.account_id, (None, ""))
        if said is not member:
            text = risk_bodies.AccountRisk.model_validate(member).model_dump_json()
            self._said[member.account_id] = member, text
        return text


def say_briefly(evaluation: GroupRiskEvaluation) -> str:
    """Only what tells that a group's answer is another one."""
    return messages.GroupBrief.model_validate(evaluation).model_dump_json()


SPOKEN: Mapping[str, Spoken] = {
    "full": Spoken(Members().say, "evaluation", "evaluations"),
    "brief": Spoken(say_briefly, "group", "groups"),
}
"""By the detail that a client asks for."""
