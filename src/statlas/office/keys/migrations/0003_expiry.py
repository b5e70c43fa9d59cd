from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keys", "0002_accounts")]

    operations = [
        migrations.AddField(model_name="apikey", name="expires", field=models.DateTimeField(null=True)),
    ]
