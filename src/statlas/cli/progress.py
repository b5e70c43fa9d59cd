"""A progress bar on standard error: the stage, how much of it is done, and how many records a second."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Told = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and records a second; 0 where records are not what takes time."""


@contextmanager
def bar(console: Console, what: str = "") -> Iterator[Told]:
    """A line for each stage, named after ``what`` it is about; on no terminal nothing is drawn."""
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TextColumn("{task.fields[rate]:>18}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as shown:
        stages: dict[str, TaskID] = {}

        def tell(stage: str, fraction: float, records_per_s: float) -> None:
            if stage not in stages:
                _finish(shown, stages)
                stages[stage] = shown.add_task(f"{what} {stage}".strip(), total=1.0, rate="")
            rate = f"{records_per_s:,.0f} records/s" if records_per_s else ""
            shown.update(stages[stage], completed=fraction, rate=rate)

        yield tell
        _finish(shown, stages)


def _finish(shown: Progress, stages: dict[str, TaskID]) -> None:
    """Fill the bars so far: when a stage begins, the ones before are done, whatever they last told."""
    for task in stages.values():
        shown.update(task, completed=1.0)
        shown.stop_task(task)
