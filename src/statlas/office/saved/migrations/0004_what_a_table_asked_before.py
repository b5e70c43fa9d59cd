from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("saved", "0003_groups_beside_a_table"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedtable",
            name="former",
            field=models.JSONField(null=True),
        ),
    ]
