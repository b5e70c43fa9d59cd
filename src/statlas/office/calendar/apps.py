"""The app of the release calendar."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """The release calendar, as Django knows it."""

    name = "statlas.office.calendar"
    label = "calendar"
    verbose_name = "Release calendar"
    default_auto_field = "django.db.models.BigAutoField"
