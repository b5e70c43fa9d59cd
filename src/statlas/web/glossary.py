"""The words of the pages, explained to whoever meets them: a shorter list than that of the documentation."""

from __future__ import annotations

from typing import NamedTuple

from statlas.wording import later


class Entry(NamedTuple):
    """A word by the id of its place on the page, and what it means; in English, marked for translation."""

    id: str
    word: str
    meaning: str


ENTRIES = (
    Entry("area", later("area"), later("A place with a code: a country, region, local authority or smaller.")),
    Entry(
        "category",
        later("category"),
        later("One of the answers of a field, such as Female or 25 to 34. Programs know it by its code."),
    ),
    Entry("cell", later("cell"), later("One number of a table, or the symbol in its place.")),
    Entry("count", later("count"), later("How many people, claims or other units there are.")),
    Entry(
        "database",
        later("database"),
        later("Records of one kind, such as people on a benefit, with everything they can be counted by."),
    ),
    Entry(
        "field",
        later("field"),
        later("Something to count by, such as age or area. Each field of a table is in its rows, columns or wafers."),
    ),
    Entry(
        "filter",
        later("filter"),
        later("Keeps a table to some records, such as women only, without showing the field."),
    ),
    Entry(
        "group",
        later("group"),
        later("Categories that you count together under a name of yours, such as “North” for three regions."),
    ),
    Entry(
        "level",
        later("level"),
        later("How fine a field is shown: countries, regions or authorities; bands or single years of age."),
    ),
    Entry("low", "[low]", later("In place of a number: fewer than the threshold of the database, or none.")),
    Entry("mean", later("mean"), later("What everybody would get if the sum were shared equally.")),
    Entry(
        "measure",
        later("measure"),
        later("A number in every record that can be summed or averaged, such as a weekly amount."),
    ),
    Entry("median", later("median"), later("Half are below it and half above.")),
    Entry("period", later("period"), later("The month, quarter or year that records are about.")),
    Entry(
        "permanent-link",
        later("permanent link"),
        later("An address that shows the same numbers for ever, even when newer ones exist."),
    ),
    Entry("provisional", "[p]", later("After a number: provisional, to be replaced when all records are in.")),
    Entry(
        "ready-made-table",
        later("ready-made table"),
        later("A table with a title that the publisher made for a question that is often asked."),
    ),
    Entry(
        "release",
        later("release"),
        later("A database as it was published at one moment. A release never changes; a correction is a new one."),
    ),
    Entry("revised", "[r]", later("After a number: it moved by more than noise since the release before.")),
    Entry(
        "random-change",
        later("random change"),
        later("The small number that is added to every count or taken from it, so that nobody can be found."),
    ),
    Entry("synthetic", later("synthetic"), later("Made up: drawn at random, about nobody.")),
    Entry("threshold", later("threshold"), later("The smallest number that is shown. Below it stands [low].")),
    Entry(
        "total",
        later("total"),
        later("All categories together, counted and changed on its own: the parts may not add up to it."),
    ),
    Entry("unit", later("unit"), later("What is counted: a person, a claim, a household.")),
    Entry(
        "wafer",
        later("wafer"),
        later("One slice of a table with a third side: one table for each month, say, of which you see one at a time."),
    ),
    Entry("not-available", "[x]", later("In place of a number: not available.")),
    Entry("not-applicable", "[z]", later("In place of a number: cannot exist, such as an area before it was founded.")),
)
