"""The rules that a table must keep, one by one, in words for everybody."""

from __future__ import annotations

from collections.abc import Iterator

from statlas.disclosure.policy import Policy
from statlas.disclosure.rules import Exclusion, RuleLimits
from statlas.model.database import Database, FieldKind
from statlas.web.words import listed, number
from statlas.wording import _, several


def rules(database: Database, policy: Policy) -> tuple[str, ...]:
    """A sentence for each rule that is on and can matter to this database, in the order in which they are asked."""
    limits = policy.rules
    return () if limits is None else (*_of_queries(database, limits), *_of_areas(database, limits))


def _of_queries(database: Database, limits: RuleLimits) -> Iterator[str]:
    """Rules that refuse a table before it is counted."""
    if limits.one_geography and len(_geographies(database)) > 1:
        yield _("A table is by one kind of place alone: two together would cut out slivers where few live.")
    yield from _variables(limits)
    for exclusion in limits.exclusions:
        yield from _exclusion(database, exclusion)


def _variables(limits: RuleLimits) -> Iterator[str]:
    most, small = limits.max_variables, limits.max_variables_small
    if most is not None:
        said = several(
            "At most {n} field goes into one table, filters counted, the date not: many together single people out.",
            "At most {n} fields go into one table, filters counted, the date not: many together single people out.",
            most,
        )
        yield said.format(n=most)
    if small is not None and (most is None or small < most):
        yield several(
            "By areas smaller than local authorities, at most {n} field.",
            "By areas smaller than local authorities, at most {n} fields.",
            small,
        ).format(n=small)


def _exclusion(database: Database, exclusion: Exclusion) -> Iterator[str]:
    labels = [field.label for field in database.fields if field.id in exclusion.fields]
    if len(labels) > exclusion.limit:
        said = several(
            "Of {fields}, {n} goes into one table: they say nearly the same.",
            "Of {fields}, {n} go into one table: they say nearly the same.",
            exclusion.limit,
        )
        yield said.format(fields=listed(labels), n=exclusion.limit)


def _of_areas(database: Database, limits: RuleLimits) -> Iterator[str]:
    """Rules that leave out the areas of a table in which too few people are."""
    if not _geographies(database):
        return
    if limits.mean_cell_size is not None:
        said = _("An area with fewer than {n} people to a cell of the table, on average, is left out of it ([c]).")
        yield said.format(n=f"{limits.mean_cell_size:g}")
    for of in sorted({field.population.of for field in database.fields if field.population}):
        least = limits.min_population(of)
        said = (
            _("An area with fewer than {n} households is left out of every table ([c]).")
            if of == "households"
            else _("An area with fewer than {n} residents is left out of every table ([c]).")
        )
        if least is not None:
            yield said.format(n=number(least))
    if limits.sparsity:
        yield _("An area is left out where most of its numbers would be very small ([c]).")


def _geographies(database: Database) -> list[str]:
    return [field.id for field in database.categories if field.kind is FieldKind.GEOGRAPHY]
