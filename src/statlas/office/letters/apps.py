"""The app of letters."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters, as Django knows them."""

    name = "statlas.office.letters"
    label = "letters"
    verbose_name = "Letters"
    default_auto_field = "django.db.models.BigAutoField"
