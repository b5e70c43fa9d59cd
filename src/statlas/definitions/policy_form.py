"""The form of a policy file, and of the rules that a policy or a definition sets.

Whatever differs from a preset has its reason, which is published.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from statlas.definitions.form_base import FolderName, Form, Id, Reason

PRESETS = ("light", "standard", "strong", "open")
_REASON = "Why; it is published."
_ON = "`true` asks the rule."
_OFF = "`true` leaves the rule out."


class VariablesRuleForm(Form):
    """How many variables may stand in one table."""

    limit: int | None = Field(None, ge=1, description="Most variables, area and filters counted, the date not.")
    small_areas: int | None = Field(None, ge=1, description="The same where the areas lie below authorities.")
    on: bool | None = Field(None, description=_ON)
    off: bool | None = Field(None, description=_OFF)
    reason: Reason = Field(description=_REASON)


class AreaRuleForm(Form):
    """A rule that each area passes or not."""

    limit: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="The least that an area needs to be printed."
    )
    on: bool | None = Field(None, description=_ON)
    off: bool | None = Field(None, description=_OFF)
    reason: Reason = Field(description=_REASON)


class SwitchRuleForm(Form):
    """A rule that is on or off."""

    on: bool | None = Field(None, description=_ON)
    off: bool | None = Field(None, description=_OFF)
    reason: Reason = Field(description=_REASON)


class ExclusionForm(Form):
    """Fields that may not all stand in one table."""

    fields: list[Id] = Field(min_length=2, description="Ids of the fields.")
    limit: int = Field(1, ge=1, description="Most of them that may stand in one table.")
    reason: Reason = Field(description=_REASON)


class RulesForm(Form):
    """The rules, where they are set otherwise than they are left alone."""

    max_variables: VariablesRuleForm | None = Field(None, description="Most variables in one table.")
    field_exclusion: list[ExclusionForm] = Field([], description="Fields that may not meet in one table.")
    mean_cell_size: AreaRuleForm | None = Field(
        None, description="An area's printed count, divided by the cells of its table."
    )
    min_area_population: AreaRuleForm | None = Field(
        None, description="Residents or households of an area, by the population file of the geography."
    )
    sparsity: SwitchRuleForm | None = Field(None, description="Share of an area's cells that are next to empty.")


class PolicyForm(Form):
    """A policy: a preset with the parameters and rules in which a department departs from it."""

    statlas_policy: Literal["1"] = Field(description="Version of this format: 1.")
    name: FolderName = Field(description="Name by which pages and releases tell of the policy; none of the presets'.")
    version: int = Field(ge=1, description="Raised with every change.")
    preset: Literal["light", "standard", "strong", "open"] = Field(
        description="The perturbation table; `open` has none and prints exact numbers."
    )
    threshold: int | None = Field(None, ge=5, description="Smallest count printed, 5 or more; left out, 5.")
    n_min_magnitude: int | None = Field(
        None, ge=10, description="Smallest count beside which a sum, mean or percentile is printed; left out, 10."
    )
    rules: RulesForm = Field(RulesForm.model_construct(), description="The rules that are set otherwise.")
