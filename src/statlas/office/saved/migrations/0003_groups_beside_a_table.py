from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("saved", "0002_folders_and_groups"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedtable",
            name="defined",
            field=models.JSONField(default=list),
        ),
    ]
