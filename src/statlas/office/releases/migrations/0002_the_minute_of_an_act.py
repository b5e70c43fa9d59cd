from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="move",
            name="minute",
            field=models.DateTimeField(null=True),
        ),
    ]
