"""What every body is made of: strict ones that come in, answers, and lists in parts."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from riskcore.domain.model import NAME_LENGTH

Item = TypeVar("Item")

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
Label = Annotated[str, Field(max_length=NAME_LENGTH)]


class Body(BaseModel):
    """What comes in: a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What goes out, read off the domain's values."""

    model_config = ConfigDict(from_attributes=True)


def example(**values: Any) -> ConfigDict:
    """The example the documentation page begins with."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Page(Answer, Generic[Item]):
    """Part of a list; `next_cursor` asks for the rest and is null at the end."""

    items: list[Item]
    next_cursor: str | None
