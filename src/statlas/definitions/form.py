"""The form of a definition file: its keys, what each may hold, and the words an editor shows for it.

What spans several keys or files is settled in ``building``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema

from statlas.definitions.field_form import FieldForm, FormerForm
from statlas.definitions.form_base import (
    Address,
    ColumnName,
    Day,
    Exact,
    FolderName,
    Form,
    Id,
    Reason,
    Text,
)
from statlas.definitions.mapping_form import MappingForm
from statlas.definitions.policy_form import PRESETS, RulesForm
from statlas.definitions.table_form import TableForm


class ClaimForm(Form):
    """Whose claim a row is, and which of theirs."""

    person: ColumnName = Field(description="Column with the person's id, as other databases of the family have it.")
    number: ColumnName = Field(description="Column with the number of the claim among the person's: 1, 2 and so on.")
    benefit: Id = Field(description="What is claimed, such as HB; claims of two benefits get keys of their own.")


class RecordsForm(Form):
    """The record table."""

    table: Id = Field("RECORDS", description="Id of the record table, the second part of public ids.")
    label: Text = Field(description="What is counted, such as *Housing Benefit Claimants*.")
    unit_id: ColumnName | None = Field(
        None,
        description="Column that identifies the unit (a person, a claim), the same in every period. It is turned into "
        "a key and not kept. Left out, the key comes from the whole row and does not survive edits of it.",
    )
    members: ColumnName | None = Field(
        None,
        description="For households: column with the unit ids of the members, separated by blanks. The key is the sum "
        "of theirs, so that a household of one has the key of its person.",
    )
    claim: ClaimForm | None = Field(
        None,
        description="For claims, of which a person may hold several: whose it is. Claim 1 has the key of the person.",
    )


class DateForm(Form):
    """The date field, which every database has."""

    id: Id = Field("DATE", description="Id of the date field.")
    table: Id | None = Field(None, description="Second part of its public id; left out, the id of the record table.")
    label: Text | None = Field(None, description="What people read; left out, *Month*, *Quarter*, *Year*.")
    valueset: Id | None = Field(None, description="Id of its valueset; left out, C_ and the id of the field.")
    column: ColumnName | None = Field(
        None, description="Column that holds the date: 202509, 2025-09 or 2025-09-30. Left out: see `period`."
    )
    period: str | None = Field(
        None, description="The one period of records that have no date column; left out, `publish --period` gives it."
    )
    frequency: Literal["month", "quarter", "year", "financial_year"] = Field(
        "month", description="How often there are records."
    )
    period_label: str = Field(
        "", description="How periods are written, with %Y %y %m %B %b and %y+1 (next year); left out, *September 2025*."
    )
    provisional: list[Text] = Field(
        [],
        description="Periods whose numbers are provisional and marked so: `latest(2)`, `202509`, `202507..202509`, "
        "`from 202507`, `all`.",
    )
    formerly: list[FormerForm] = Field([], description="Names under which the date field was known once.")


Statistic = Annotated[str, StringConstraints(pattern=r"^(SUM|MEAN|MEDIAN|P[1-9][0-9]?)$")]


class MeasureForm(Form):
    """A number to summarise."""

    id: Id = Field(description="Id of the measure, the third part of its public id.")
    label: Text = Field(description="What people read, such as *Weekly Award Amount*.")
    table: Id | None = Field(None, description="Second part of the public id; left out, the id of the record table.")
    column: ColumnName = Field(description="Column that holds the number.")
    unit: Text = Field(description="`GBP` for pounds, else any unit such as `weeks`.")
    precision: int | None = Field(
        None, ge=0, le=6, description="Most decimal places; left out, 2 for pounds and 0 for anything else."
    )
    statistics: list[Statistic] = Field(
        ["SUM", "MEAN"],
        min_length=1,
        description="Summaries that may be asked for: SUM, MEAN, MEDIAN, P10, P25, P75, P90; any of P1 to P99 under "
        "`open`. The first is what a query gets that names none.",
    )
    description: str = Field("", description="What the measure means.")
    bands: list[Exact] | None = Field(
        None,
        min_length=2,
        description="Bounds of the bands from which medians and percentiles are read, in order; left out, publishing "
        "chooses them.",
    )
    flex_point: Exact = Field(
        Decimal(0),
        ge=0,
        description="Amount above which a contribution's steps of noise fall from .3 towards .03 of it; 0 or left out, "
        "steps are .3 of the largest contribution. Never below an amount that is common, such as a standard rate.",
    )
    available_from: str | None = Field(
        None, description="First period in which it was collected. Before it its cells are *not available*."
    )


class AnnotationForm(Form):
    """A note: on the database, on a `field`, on a `code` of a field, or on the cells where codes meet (`cell`)."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*.]{1,10}$")] = Field(
        description="Short key shown beside the number, such as *I* or *r*."
    )
    text: Text = Field(description="The note.")
    field: Id | None = Field(None, description="Field that the note is on.")
    code: str | None = Field(None, description="Code of the field that the note is on.")
    cell: dict[Id, str] | None = Field(
        None, description="Codes by field, two or more; the note is on the cells where all of them meet."
    )


class WeightForm(Form):
    """How many of the population a record of a survey stands for."""

    column: ColumnName = Field(description="Column with the weight: a number from 0.")
    label: Text = Field(description="What a weighted count counts, such as *Weighted households*.")
    precision: int = Field(4, ge=0, le=6, description="Decimal places to which weights are kept.")
    replicates: list[ColumnName] = Field(
        [], description="Columns with replicate weights, from which standard errors are computed."
    )
    scale: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="With `replicates`, and then needed: by what the sum of squared differences from the whole is "
        "multiplied to give the variance. (R-1)/R for a jackknife of R groups, 1/R for balanced repeated replication "
        "and bootstrap.",
    )


class ImpossibleForm(Form):
    """Codes of several fields that never meet in a record: the cells in which they do print 0."""

    where: dict[Id, list[str]] = Field(
        min_length=2, description="Codes by field, `FIELD: [codes]`; `CODE@LEVEL` takes one from a level."
    )
    reason: Reason = Field(description="Why no record can have them; it is published.")


class ContactForm(Form):
    """Who answers questions."""

    name: str = Field("", description="Name of a team or person.")
    email: Annotated[str, StringConstraints(pattern=r"^(\S+@\S+)?$")] = Field("", description="E-mail address.")


Policy = Annotated[
    str,
    StringConstraints(pattern=r"^(light|standard|strong|open|[^\x00-\x1f]{1,199}\.ya?ml)$"),
    WithJsonSchema({"anyOf": [{"enum": list(PRESETS)}, {"type": "string", "pattern": r"\.ya?ml$"}]}),
]


class DefinitionForm(Form):
    """A database: what its records are, how they are classified, measured, noted and protected."""

    statlas: Literal["1"] = Field(description="Version of this format: 1.")
    id: FolderName = Field(description="Id of the database, part of every public id. Never change it.")
    label: Text = Field(description="Name of the database as people read it.")
    folder: list[Text] = Field([], description="Where it stands in the catalogue, outermost folder first.")
    description: str = Field("", description="What the database is about.")
    unit: Text = Field(description="What one record is about, in the singular: claimant, household, person.")
    synthetic: bool = Field(False, description="Whether the records are made up; every page then says so.")
    source: str = Field("", description="Where the records come from.")
    licence: str = Field("OGL-UK-3.0", description="Licence of the published statistics.")
    contact: ContactForm = Field(ContactForm.model_construct(), description="Who answers questions.")
    methodology: Address | None = Field(None, description="Address of a page on methods and quality.")
    quality: str = Field("", description="What to know of the quality before using the numbers, in a few sentences.")
    next_release: Day | None = Field(None, description="Day on which the next release is planned: 2026-12-15.")
    family: FolderName = Field("default", description="Databases of one family give the same unit the same record key.")
    policy: Policy = Field(
        "standard",
        description="How people are protected: `light`, `standard`, `strong`, or the name of a policy file beside "
        "the definition; `open` prints exact numbers of data that is not confidential.",
    )
    rules: RulesForm = Field(
        RulesForm.model_construct(),
        description="Rules of disclosure control set otherwise for this database than its policy has them.",
    )
    records: RecordsForm = Field(description="The record table.")
    date: DateForm = Field(description="The date field.")
    fields: list[FieldForm] = Field([], description="What records are classified by.")
    measures: list[MeasureForm] = Field([], description="Numbers to summarise.")
    weight: WeightForm | None = Field(None, description="For surveys: how many a record stands for.")
    mapping: MappingForm | None = Field(
        None, description="What became of names that the release before had, so that saved tables are carried over."
    )
    impossible: list[ImpossibleForm] = Field([], description="Codes that never meet.")
    annotations: list[AnnotationForm] = Field([], description="Notes.")
    tables: list[TableForm] = Field([], description="Ready-made tables.")
