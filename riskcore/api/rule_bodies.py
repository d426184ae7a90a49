"""Rules as JSON writes them: {"kind": ..., <parameters>}, read off the domain's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from dataclasses import Field as Parameter
from enum import StrEnum
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias, Union, get_type_hints

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    create_model,
    model_validator,
)

from riskcore.api.values import Lots, Money, Percent, Whole
from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules import KINDS, rule_from, rule_parameters
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.parameters import MOST_STEPS, Steps


class RuleBody(BaseModel):
    """A limit with its parameters."""

    model_config = ConfigDict(extra="forbid")

    kind: str

    def rule(self) -> Rule:
        """The domain's rule; raises InvalidValue."""
        return rule_from(self.kind, self.model_dump(exclude={"kind"}))

    @model_validator(mode="after")
    def _is_a_rule(self) -> Self:
        try:
            self.rule()
        except InvalidValue as error:
            raise ValueError(str(error)) from error
        return self


def written_rule(value: Any) -> Any:
    """A rule of the domain as it is written; anything else as it is."""
    return {"kind": value.kind, **rule_parameters(value)} if isinstance(value, Rule) else value


def _body(rule: type[Rule]) -> type[RuleBody]:
    hints = get_type_hints(rule)
    parameters: dict[str, Any] = {
        parameter.name: (_written(parameter.name, hints[parameter.name]), _default(parameter))
        for parameter in fields(rule)
    }
    kind: Any = Annotated[Literal.__getitem__(rule.kind), Field(description=rule.title)]
    return create_model(
        rule.__name__, __base__=RuleBody, __doc__=getdoc(rule), kind=(kind, ...), **parameters
    )


def _written(name: str, hint: Any) -> Any:
    """How a parameter is written: choices by their word, the unit read off its name."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if hint is bool:
        return StrictBool
    if hint == Steps:
        return Annotated[
            list[tuple[Money, Money]],
            Field(max_length=MOST_STEPS, description="Pairs: from this profit on, this value"),
        ]
    number = next(written for end, written in UNITS.items() if name.endswith(end))
    return number if hint is float else number | None


UNITS: Mapping[str, Any] = {"_percent": Percent, "_contracts": Lots, "days": Whole, "": Money}
"""How a number is written, by the end of its name."""


def _default(parameter: Parameter[Any]) -> Any:
    default = parameter.default
    if default is MISSING:
        return ...
    return list(default) if isinstance(default, tuple) else default


BODIES: Mapping[str, type[RuleBody]] = {kind: _body(rule) for kind, rule in KINDS.items()}

if TYPE_CHECKING:
    AnyRule: TypeAlias = RuleBody
else:
    AnyRule = Annotated[
        Union[tuple(BODIES.values())],  # noqa: UP007 (made of what the registry holds)
        Field(discriminator="kind"),
        BeforeValidator(written_rule),
    ]
