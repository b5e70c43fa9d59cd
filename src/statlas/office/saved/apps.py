"""The app of saved tables."""

from django.apps import AppConfig


class SavedConfig(AppConfig):
    """Saved tables, as Django knows them."""

    name = "statlas.office.saved"
    label = "saved"
    verbose_name = "Saved tables"
    default_auto_field = "django.db.models.BigAutoField"
