"""What readers learn by holding a draft beside the last release: revisions, and areas redrawn by few people."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from statlas.model.classification import Classification, Node
from statlas.model.database import Field
from statlas.model.finding import Fact, Finding, Severity, finding_id
from statlas.service.tables.databases import policy_of
from statlas.service.tables.release_tables import levels_up_to
from statlas.service.tables.screening.breaks import NOISES
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import MOST_CODES
from statlas.service.tables.screening.wording import named
from statlas.wording import _, several

OFTEN, SLIVER = "revised-often", "redrawn-by-few"

AGREED_FROM = 3
"""Revisions of a period from which on the disclosure officer must agree to each (decisions page, D1)."""
MOST_TOLD = 8


def comparing_findings(compared: Compared) -> Iterator[Finding]:
    """Periods that are revised often, and codes that a few people were moved into or out of."""
    for record in compared.draft.manifest.records:
        if record.period in compared.revised and record.epoch >= AGREED_FROM:
            yield _often(compared, record.period, record.epoch + 1)
    yield from _slivers(compared)


def comparing_facts(compared: Compared) -> Iterator[Fact]:
    """What comparing with the last release can tell, and what not."""
    if compared.last is None:
        return
    policy = policy_of(compared.database)
    epochs = {record.period: record.epoch + 1 for record in compared.draft.manifest.records}
    if compared.revised:
        versions = ", ".join(
            _("{period} (version {n})").format(period=compared.label_of(p), n=epochs[p]) for p in compared.revised
        )
        value = several("{n} period", "{n} periods", len(compared.revised)).format(n=len(compared.revised))
        label = _("Revised") if policy.open else _("Revised, with all their noise drawn anew")
        yield Fact(label, value, versions)
    if compared.revised and not policy.open:
        least = math.ceil(NOISES * math.sqrt(policy.variance))
        value = _("a change of {n} or less tells nothing of a person").format(n=least)
        yield Fact(_("Counts of revised periods"), value, _("It is what noise alone makes of equal records."))
    new = _new_detail(compared)
    if new:
        yield Fact(
            _("New detail on periods already published"),
            named(new),
            _("Numbers known before can be broken down by it; its own noise protects each part."),
        )


def looked_at(compared: Compared) -> str:
    """What was looked at for slivers."""
    if not compared.redefined or not compared.kept:
        return _("nothing: no code is made otherwise")
    n = sum(len(redrawn) for _field, redrawn in _redrawn(compared))
    return several("{n:,} code made otherwise", "{n:,} codes made otherwise", n).format(n=n)


def _new_detail(compared: Compared) -> list[str]:
    if compared.last is None or not compared.kept:
        return []
    then = {field.id: field for field in compared.last.database.categories}
    return [
        field.label if field.id not in then else f"{field.label}: {level.label}"
        for field in compared.database.categories
        for level in field.classification.valuesets
        if field.id not in then or level.id not in then[field.id].classification
    ]


def _often(compared: Compared, period: str, version: int) -> Finding:
    label = compared.label_of(period)
    agreed = next((a for a in compared.draft.manifest.agreements if a.period == period), None)
    by = _(" {who} agreed: {reason}").format(who=agreed.by, reason=agreed.reason) if agreed else ""
    return Finding(
        finding_id(OFTEN, compared.database.id, period, f"{version}"),
        OFTEN,
        Severity.WARNING,
        label,
        _("{period} is published for the {n}th time with other records; each time tells readers more.").format(
            period=label, n=version
        )
        + by,
        mend=_("Publish it only if the revision is worth it, and collect further ones."),
        place=((compared.database.date.id, period),),
    )


def _redrawn(compared: Compared) -> Iterator[tuple[Field, tuple[Node, ...]]]:
    """For each field the codes that both releases have, of other leaves."""
    then = {field.id: field for field in compared.last.database.categories} if compared.last else {}
    for field in compared.database.categories:
        was = then.get(field.id)
        if was is None or was.classification == field.classification:
            continue
        nodes = [
            node
            for node in levels_up_to(field, MOST_CODES)
            if node in was.classification.members
            and _leaves(was.classification, node) != _leaves(field.classification, node)
        ]
        if nodes:
            yield field, tuple(nodes)


def _leaves(classification: Classification, node: Node) -> frozenset[Node]:
    return frozenset(classification.leaves[position] for position in classification.members[node])


def _slivers(compared: Compared) -> Iterator[Finding]:
    """Codes made of other leaves than before whose printed numbers, of the same records, lie near each other."""
    if compared.last is None or not compared.kept:
        return
    period = compared.kept[-1]
    for field, nodes in _redrawn(compared):
        was = compared.last.series((period,), ((field.id, nodes),))
        now = compared.draft.series((period,), ((field.id, nodes),))
        if was is None or now is None:
            continue
        apart = np.abs(now.values[0] - was.values[0])
        found = [int(n) for n in np.flatnonzero(apart < 2 * now.clear_number)]
        labels = [field.classification.code(nodes[n]).label for n in found]
        if len(found) > MOST_TOLD:
            yield _sliver(compared, field, period, named(labels), ("", ""), ("many",))
        else:
            for n, label in zip(found, labels, strict=True):
                figures = tuple(f"{one.values[0, n]:,.0f}" for one in (was, now))
                yield _sliver(compared, field, period, label, (figures[0], figures[1]), tuple(nodes[n]))


def _sliver(
    compared: Compared, field: Field, period: str, label: str, figures: tuple[str, str], cause: tuple[str, ...]
) -> Finding:
    said = _("{label} is made of other parts than before, and few people lie between: who compares learns of them.")
    return Finding(
        finding_id(SLIVER, compared.database.id, field.id, *cause),
        SLIVER,
        Severity.WARNING,
        f"{field.label}: {label}; {compared.label_of(period)}",
        said.format(label=label),
        *figures,
        _("Have the disclosure officer look at the parts that moved; or give it another code."),
        place=((compared.database.date.id, period), (field.id, cause[-1])) if cause != ("many",) else (),
    )
