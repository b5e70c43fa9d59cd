"""The app of acts that were kept."""

from django.apps import AppConfig


class ActsConfig(AppConfig):
    """Acts that were kept, as Django knows them."""

    name = "statlas.office.acts"
    label = "acts"
    verbose_name = "Acts of the audit log"
    default_auto_field = "django.db.models.BigAutoField"
