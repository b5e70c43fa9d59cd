"""The app of permanent links."""

from django.apps import AppConfig


class PermalinksConfig(AppConfig):
    """Permanent links, as Django knows them."""

    name = "statlas.office.permalinks"
    label = "permalinks"
    verbose_name = "Permanent links"
    default_auto_field = "django.db.models.BigAutoField"
