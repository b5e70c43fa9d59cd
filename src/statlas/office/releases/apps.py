"""The app of releases."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Releases, as Django knows them."""

    name = "statlas.office.releases"
    label = "releases"
    verbose_name = "Releases"
    default_auto_field = "django.db.models.BigAutoField"
