"""The app of API keys."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """API keys, as Django knows them."""

    name = "statlas.office.keys"
    label = "keys"
    verbose_name = "API keys"
    default_auto_field = "django.db.models.BigAutoField"
