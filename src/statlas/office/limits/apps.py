"""The app of limits."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """Limits, as Django knows them."""

    name = "statlas.office.limits"
    label = "limits"
    verbose_name = "Limits"
    default_auto_field = "django.db.models.BigAutoField"
