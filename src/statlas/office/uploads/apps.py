"""The app of uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Uploads, as Django knows them."""

    name = "statlas.office.uploads"
    label = "uploads"
    verbose_name = "Uploads"
    default_auto_field = "django.db.models.BigAutoField"
