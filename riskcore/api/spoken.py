"""Spoken: answers as the text of a socket's frames, each put into words once for all listeners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from riskcore.api import messages, risk_bodies
from riskcore.live.answers import Answer


@dataclass(frozen=True, eq=False)
class Spoken:
    """One level of detail: the model of a group, and what frames call one and several."""

    group: type[BaseModel]
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
            text = self.group.model_validate(answer.evaluation).model_dump_json()
            self._texts[answer] = text
        return text


SPOKEN: Mapping[str, Spoken] = {
    "full": Spoken(risk_bodies.GroupRiskEvaluation, "evaluation", "evaluations"),
    "brief": Spoken(messages.GroupBrief, "group", "groups"),
}
"""By the detail that a client asks for."""
