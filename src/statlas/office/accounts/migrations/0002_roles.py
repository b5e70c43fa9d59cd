from typing import Any

from django.db import migrations

# As they were when this was written; a role that is added later has a migration of its own.
ROLES = ("analyst", "producer", "approver", "disclosure officer", "asset owner", "administrator")


def make_groups(apps: Any, schema_editor: Any) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in ROLES:
        groups.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        # The role of administrator says it.
        migrations.RemoveField(model_name="account", name="is_staff"),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
