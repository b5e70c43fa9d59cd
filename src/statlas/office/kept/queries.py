"""What is asked of the table of kept parts of addresses, and every change to it."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from statlas.office.kept.models import KeptPart


def find(part_id: str) -> KeptPart | None:
    """The part of that id."""
    return KeptPart.objects.filter(pk=part_id).first()


def note_use(part_id: str, today: date) -> bool:
    """Say that a part is used today; False where there is none of that id."""
    found = KeptPart.objects.filter(pk=part_id)
    return found.filter(used__lt=today).update(used=today) > 0 or found.exists()


def add(part_id: str, packed: bytes, today: date) -> None:
    """Keep a part; of two processes that keep the same one, one does."""
    part = KeptPart(id=part_id, size=len(packed), made=today, used=today, packed=packed)
    KeptPart.objects.bulk_create([part], ignore_conflicts=True)


def total_size() -> int:
    """Bytes of all parts."""
    return KeptPart.objects.aggregate(total=Sum("size"))["total"] or 0


def forget_unused_since(day: date) -> None:
    """Forget the parts that were last used before a day."""
    KeptPart.objects.filter(used__lt=day).delete()


def make_room(needed: int, before: date) -> None:
    """Forget parts of ``needed`` bytes together, last used before a day, those used longest ago first."""
    going = []
    for part_id, size in KeptPart.objects.filter(used__lt=before).values_list("pk", "size").iterator():
        if needed <= 0:
            break
        going.append(part_id)
        needed -= size
    KeptPart.objects.filter(pk__in=going).delete()
