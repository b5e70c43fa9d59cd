"""The app of kept parts of addresses."""

from django.apps import AppConfig


class KeptConfig(AppConfig):
    """Kept parts of addresses, as Django knows them."""

    name = "statlas.office.kept"
    label = "kept"
    verbose_name = "Kept parts of addresses"
    default_auto_field = "django.db.models.BigAutoField"
