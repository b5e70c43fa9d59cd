"""Addresses of the staff's pages, below ``/work/``: each asks who is signed in, and the service what they may."""

from django.urls import path

from statlas.web.views import (
    work_acts,
    work_calendar,
    work_database,
    work_dates,
    work_organisations,
    work_patterns,
    work_readers,
    work_reading,
    work_release,
    work_reports,
    work_upload,
)

urlpatterns = [
    path("send", work_upload.new, name="work_upload"),
    path("sent/<str:upload_id>", work_upload.one, name="work_uploaded"),
    path("organisations", work_organisations.every, name="work_organisations"),
    path("organisations/<str:slug>", work_organisations.one, name="work_organisation"),
    path("calendar", work_calendar.home, name="work_calendar"),
    path("calendar/announce", work_calendar.announce, name="work_announce"),
    path("calendar/patterns/<str:database_id>", work_patterns.page, name="work_pattern"),
    path("calendar/<str:announcement_id>/<str:deed>", work_dates.page, name="work_date"),
    path("databases/<str:database_id>", work_database.one, name="work_database"),
    path("databases/<str:database_id>/send", work_upload.new, name="work_upload_to"),
    path("releases/<str:release_id>", work_release.one, name="work_release"),
    path("releases/<str:release_id>/reports", work_reports.page, name="work_reports"),
    path("releases/<str:release_id>/tables", work_reading.of_staff, name="work_tables"),
    path("releases/<str:release_id>/tables/<int:number>", work_reading.of_staff, name="work_table"),
    path("releases/<str:release_id>/readers", work_readers.page, name="work_readers"),
    path("releases/<str:release_id>/<str:act>", work_acts.page, name="work_act"),
    path("reading/<str:release_id>", work_reading.before_release, name="work_reading"),
    path("reading/<str:release_id>/<int:number>", work_reading.before_release, name="work_reading_table"),
]
