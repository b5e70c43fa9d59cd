"""What every form shares: how a mapping is checked, and the kinds of text and number that stand in one.

Every value arrives as text (see ``yaml_text``); a form turns it into what the key means.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AllowInfNan, BaseModel, ConfigDict, StringConstraints, WithJsonSchema, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.+-]{0,99}$")]
FolderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
_CODE = r"[^\s:\x00-\x1f]([^:\x00-\x1f]{0,98}[^\s:\x00-\x1f])?"
CodeId = Annotated[str, StringConstraints(pattern=f"^{_CODE}$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Reason = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ColumnName = Annotated[str, StringConstraints(min_length=1)]
FileName = Annotated[str, StringConstraints(min_length=1)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Exact = Annotated[Decimal, AllowInfNan(allow_inf_nan=False), WithJsonSchema({"type": "number"})]
"""A number read as it is written, without the rounding of a float."""


def is_code(text: str) -> bool:
    """Whether a text can be a code: the last part of a public id, which a colon would cut."""
    return re.fullmatch(_CODE, text) is not None


class Form(BaseModel):
    """Any mapping of a definition: a key it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _empty_is_left_out(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


def shape_of(value: Any) -> str:
    """The branch of a choice between a text and a mapping."""
    return "<mapping>" if isinstance(value, dict | Form) else "<text>"
