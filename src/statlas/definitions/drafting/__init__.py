"""``statlas new``: a first definition from data files, with every guess marked as one.

Theory of operation: ``profile`` counts shapes of values and guesses nothing; ``guessing`` decides from them and from
``names`` what each column seems to be; ``fields`` and this module write it down. What a draft holds of the data is
lists of codes of columns that classify; values of columns that identify somebody are listed nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from statlas.definitions.drafting import names
from statlas.definitions.drafting.fields import Drafted, add_bands, add_category, add_geography
from statlas.definitions.drafting.guessing import Guesses, guess
from statlas.definitions.drafting.places import chains
from statlas.definitions.drafting.profile import ColumnProfile, Profile, Progress, profile
from statlas.definitions.drafting.yaml_lines import comment, guessed, mapping, text
from statlas.errors import DefinitionError

_HEAD = """\
Confidential working material: the code lists were made from records. Check every line before you publish.
Lines marked `guess` say what the data looks like; put them right, then delete the comment.
"""


@dataclass(frozen=True)
class Draft:
    """A drafted definition: its database's id, its text, and the code lists beside it by name."""

    database: str
    definition: str
    files: Mapping[str, str]

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the draft to a folder, made for the owner's eyes alone if it is not there; nothing is written over.

        Raises:
            DefinitionError: one of the files is there already.
        """
        texts = {folder / name: content for name, content in {"definition.yaml": self.definition, **self.files}.items()}
        there = [str(path) for path in texts if path.exists()]
        if there:
            raise DefinitionError(f"{there[0]} is there already.", mend="Choose another folder with --out.")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return tuple(texts)


def draft(files: Sequence[Path], progress: Progress | None = None) -> Draft:
    """A definition of the database that these data files of one kind could be.

    Args:
        files: the data files, or folders of them.
        progress: told of the stage, the fraction of it done, and 0.

    Raises:
        RecordsError: the files cannot be read.
    """
    stem = files[0].name.partition(".")[0]
    with profile(files, progress) if progress else profile(files) as found:
        guesses = guess(found, stem)
        drafted = _fields(found, guesses)
    database = names.database_id_of(stem)
    lines = [*_top(database, stem, guesses), *drafted.lines, *_measures(guesses, drafted)]
    lines += [*_left_out(guesses), *_tables(drafted)]
    return Draft(database, "\n".join(lines) + "\n", drafted.files)


def _fields(found: Profile, guesses: Guesses) -> Drafted:
    drafted = Drafted(lines=["fields:"])
    for chain in chains(found, guesses.places):
        add_geography(found, chain, drafted)
    for column, labels in guesses.categories:
        add_category(found, column, labels, drafted)
    for column in guesses.numbers:
        add_bands(found, column, drafted)
    return drafted if len(drafted.lines) > 1 else Drafted()


def _top(database: str, stem: str, guesses: Guesses) -> list[str]:
    head = [line for sentence in _HEAD.splitlines() for line in comment(sentence)]
    return [
        *head,
        "statlas: 1",
        f"id: {database}",
        f"label: {text(names.label_of_column(stem))}",
        "description: >-",
        "  What the records are, where they come from and whom they leave out.",
        *guessed("what one record is about: a person, a household, a claim"),
        "unit: record",
        *comment("light, standard, strong, or open for data that is not confidential at all"),
        "policy: standard",
        *_records(guesses),
        *_date(guesses),
        *_weight(guesses),
        *comment("contact: {name: Who answers questions, email: team@example.org}"),
        "",
    ]


def _records(guesses: Guesses) -> list[str]:
    if guesses.unit_id is None:
        words = "no column is unique within a period, so keys come from whole rows and do not survive edits"
        return [*guessed(words), "records: {label: Records}"]
    unit = text(guesses.unit_id)
    words = f"{guesses.unit_id} is never blank and unique within a period; it becomes a key and is not kept"
    return [*guessed(words), f"records: {mapping({'label': 'Records', 'unit_id': unit})}"]


def _date(guesses: Guesses) -> list[str]:
    date = guesses.date
    if date.column:
        keys = {"column": text(date.column), "frequency": date.frequency}
        return [*guessed(f"{date.column} tells the period"), f"date: {mapping(keys)}"]
    if date.period:
        keys = {"period": text(date.period), "frequency": date.frequency}
        return [*guessed("no column tells the period; the name of the file may"), f"date: {mapping(keys)}"]
    words = "no column tells the period; write `period:` here or give `statlas publish --period`"
    return [*guessed(words), f"date: {mapping({'frequency': date.frequency})}"]


def _weight(guesses: Guesses) -> list[str]:
    if guesses.weight is None:
        return []
    words = f"{guesses.weight} tells how many of the population a record stands for"
    return [*guessed(words), f"weight: {mapping({'column': text(guesses.weight), 'label': 'Weighted records'})}"]


def _measures(guesses: Guesses, drafted: Drafted) -> list[str]:
    if not (guesses.money or guesses.amounts):
        return []
    lines = ["", *comment("`statistics: [SUM, MEAN, MEDIAN, P10, P90]` offers more than sums and means"), "measures:"]
    for column in guesses.money:
        lines += [*guessed("an amount in pounds", 2), _measure(column, "GBP", 2, drafted)]
    for column in guesses.amounts:
        lines += [*guessed("a number; write its unit", 2), _measure(column, "number", column.places, drafted)]
    blank = [column.name for column in (*guesses.money, *guesses.amounts) if column.n_blank]
    return lines + [line for name in blank for line in comment(f"{name} is blank in some records", 2)]


def _measure(column: ColumnProfile, unit: str, places: int, drafted: Drafted) -> str:
    keys = {
        "id": drafted.new_id(column.name),
        "label": text(names.label_of_column(column.name)),
        "column": text(column.name),
        "unit": unit,
        "precision": str(min(places, 6)),
    }
    return f"  - {mapping(keys)}"


def _left_out(guesses: Guesses) -> list[str]:
    lines = [line for name, why in guesses.left_out.items() for line in comment(f"{name}: {why}", 0, "#  ")]
    return ["", "# Left out:", *lines] if lines else []


def _tables(drafted: Drafted) -> list[str]:
    fields = [line.removeprefix("  - id: ") for line in drafted.lines if line.startswith("  - id: ")]
    if not fields:
        return []
    keys = {"id": "first-table", "title": "A first table", "rows": f"[{fields[0]}]", "columns": "[DATE]"}
    return ["", "tables:", f"  - {mapping({**keys, 'periods': 'all'})}"]
