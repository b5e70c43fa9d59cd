"""The app of organisations."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Organisations, as Django knows them."""

    name = "statlas.office.organisations"
    label = "organisations"
    verbose_name = "Organisations"
    default_auto_field = "django.db.models.BigAutoField"
