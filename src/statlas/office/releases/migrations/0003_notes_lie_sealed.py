from typing import Any

from django.db import migrations

UNDER_WAY = ("draft", "checked", "approved", "scheduled")


def forget(apps: Any, _editor: Any) -> None:
    """The note of a draft of an earlier version lies sealed with it, too, and comes back when it opens."""
    rows = apps.get_model("releases", "ReleaseRow").objects.filter(state__in=UNDER_WAY, draft_id__isnull=False)
    rows.update(note="")


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0002_the_minute_of_an_act"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
