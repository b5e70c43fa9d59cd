"""What is asked of the table of acts that were kept, and every change to it."""

from __future__ import annotations

from collections.abc import Iterable

from statlas.office.acts.models import Compared, KeptAct


def keep(act_id: str) -> None:
    """Keep the id of an act, in the transaction of what it changes."""
    KeptAct.objects.create(pk=act_id)


def known(ids: Iterable[str]) -> frozenset[str]:
    """Those of these ids whose acts were kept."""
    wanted, kept = list(ids), set[str]()
    for start in range(0, len(wanted), 500):  # SQLite takes some thousand values in a statement
        kept.update(KeptAct.objects.filter(pk__in=wanted[start : start + 500]).values_list("pk", flat=True))
    return frozenset(kept)


def compared() -> int:
    """How many bytes of the log were compared."""
    return Compared.objects.filter(pk=1).values_list("n_bytes", flat=True).first() or 0


def set_compared(n_bytes: int) -> None:
    """Note how many bytes of the log were compared."""
    Compared.objects.update_or_create(pk=1, defaults={"n_bytes": n_bytes})
