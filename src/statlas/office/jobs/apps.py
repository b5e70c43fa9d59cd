"""The app of jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs, as Django knows them."""

    name = "statlas.office.jobs"
    label = "jobs"
    verbose_name = "Jobs"
    default_auto_field = "django.db.models.BigAutoField"
