import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import statlas.office.releases.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseRow",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=statlas.office.releases.models.random_id,
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("database", models.CharField(db_index=True, max_length=100)),
                ("release", models.CharField(max_length=20)),
                ("draft_id", models.CharField(max_length=64, null=True, unique=True)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("kind", models.CharField(default="new", max_length=20)),
                ("note", models.TextField(blank=True, default="")),
                ("version", models.CharField(blank=True, default="", max_length=40)),
                ("to_answer", models.JSONField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("checked", "checked"),
                            ("approved", "approved"),
                            ("scheduled", "scheduled"),
                            ("public", "public"),
                            ("corrected", "corrected"),
                            ("withdrawn", "withdrawn"),
                            ("restored", "restored"),
                            ("discarded", "discarded"),
                        ],
                        max_length=10,
                    ),
                ),
                ("prepared_by", models.CharField(max_length=320)),
                ("approved_by", models.CharField(blank=True, default="", max_length=320)),
                ("approved_because", models.TextField(blank=True, default="")),
                ("scheduled_for", models.DateTimeField(null=True)),
                ("public_from", models.DateTimeField(null=True)),
                ("notice", models.TextField(blank=True, default="")),
                ("moves", models.PositiveIntegerField(default=0)),
                ("created", models.DateTimeField()),
                ("changed", models.DateTimeField()),
                (
                    "approver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="releases_approved",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "preparer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="releases_prepared",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "release",
                "ordering": ["-created", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=statlas.office.releases.models.random_id,
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("begin", "begin"),
                            ("accept", "accept"),
                            ("check", "check"),
                            ("send-back", "send-back"),
                            ("approve", "approve"),
                            ("schedule", "schedule"),
                            ("unschedule", "unschedule"),
                            ("discard", "discard"),
                            ("open", "open"),
                            ("correct", "correct"),
                            ("withdraw", "withdraw"),
                            ("restore", "restore"),
                            ("destroy", "destroy"),
                            ("grant-access", "grant-access"),
                            ("revoke-access", "revoke-access"),
                            ("read-early", "read-early"),
                            ("find", "find"),
                            ("lose", "lose"),
                        ],
                        max_length=20,
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=10)),
                ("after", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=320)),
                ("os_user", models.CharField(blank=True, default="", max_length=100)),
                ("reason", models.TextField(blank=True, default="")),
                ("about", models.CharField(blank=True, default="", max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="history", to="releases.releaserow"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="EarlyReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=200)),
                ("post", models.CharField(max_length=200)),
                ("granted_by", models.CharField(max_length=320)),
                ("granted", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
                ("opened", models.DateTimeField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="early_readers",
                        to="releases.releaserow",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finding", models.CharField(max_length=64)),
                ("reason", models.TextField()),
                ("by", models.CharField(max_length=320)),
                ("at", models.DateTimeField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="releases.releaserow"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="releaserow",
            index=models.Index(fields=["state", "scheduled_for"], name="releases_by_minute"),
        ),
        migrations.AddConstraint(
            model_name="releaserow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["approved", "checked", "draft", "scheduled"])),
                fields=("database",),
                name="one_release_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="releaserow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "discarded"), _negated=True),
                fields=("database", "release"),
                name="one_row_of_a_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.UniqueConstraint(fields=("release", "number"), name="one_move_of_a_number_of_a_release"),
        ),
        migrations.AddConstraint(
            model_name="earlyreader",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked__isnull", True)), fields=("release", "email"), name="one_grant_an_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("release", "finding"), name="one_answer_to_a_finding"),
        ),
    ]
