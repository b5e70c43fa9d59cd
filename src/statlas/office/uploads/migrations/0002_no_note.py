from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="upload",
            name="note",
        ),
    ]
