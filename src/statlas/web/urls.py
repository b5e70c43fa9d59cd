"""Addresses of the site. One spelling each, without a slash at the end."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from statlas.web import administration, explaining
from statlas.web.forgery import public_form
from statlas.web.links import SOFTWARE_INTERFACE
from statlas.web.views import (
    account,
    areas,
    categories,
    cell,
    chart,
    database,
    finding,
    formula,
    groups_elsewhere,
    health,
    helping,
    jobs,
    motion,
    permalinks,
    releases,
    searching,
    shared,
    table,
    table_file,
    table_rows,
    upload,
    usage,
    versions,
    work_home,
)
from statlas.web.views import map as map_views


class WithoutDots(StringConverter):
    """A part of an address that ends where a suffix begins; suffixes may hold dots themselves."""

    regex = "[^/.]+"


register_converter(WithoutDots, "undotted")
urlpatterns = [
    path("", require_safe(finding.home)),
    path("catalogue", require_safe(finding.catalogue)),
    path("about", require_safe(finding.about)),
    path("privacy", require_safe(finding.privacy)),
    path("usage", require_safe(usage.page)),
    path("usage.csv", require_safe(usage.as_csv)),
    path("usage.json", require_safe(usage.as_json)),
    path("accessibility", require_safe(helping.accessibility)),
    path("help", require_safe(helping.page)),
    path("help/tour", require_safe(helping.tour)),
    path("help/glossary", require_safe(helping.glossary)),
    path("search", require_safe(searching.page)),
    path("account", require_safe(account.home), name="account"),
    path("account/", include("statlas.web.accounts.routes")),
    path("work", work_home.home, name="work"),
    path("work/", include("statlas.web.work_routes")),
    path("admin/", administration.site.urls),
    path("areas", areas.areas),
    path("areas/<str:code>.csv", require_safe(areas.file)),
    path("areas/<str:code>", require_safe(areas.area)),
    path("releases", require_safe(releases.upcoming), name="releases"),
    path("releases/published", require_safe(releases.published)),
    path("releases/changes", require_safe(releases.changes)),
    path("releases.<str:suffix>", require_safe(releases.file)),
    path("releases/<undotted:announcement_id>", require_safe(releases.announcement)),
    path("releases/<undotted:announcement_id>.ics", require_safe(releases.announcement_ics)),
    path("databases/<str:database_id>", require_safe(database.database)),
    path("databases/<str:database_id>/codes.csv", require_safe(database.codes)),
    path("databases/<str:database_id>/releases", require_safe(versions.releases)),
    path("databases/<str:database_id>/releases.atom", require_safe(versions.feed)),
    path("databases/<str:database_id>/changes", require_safe(versions.changes)),
    path("databases/<str:database_id>/changes.<str:suffix>", require_safe(versions.changes_file)),
    path("databases/<str:database_id>/table", require_safe(table.table)),
    path("databases/<str:database_id>/table.<str:suffix>", require_safe(table_file.file)),
    path("databases/<str:database_id>/table/plan", require_safe(table.plan)),
    path("databases/<str:database_id>/table/cell", require_safe(cell.cell)),
    path("databases/<str:database_id>/table/rows", require_safe(table_rows.rows)),
    path("databases/<str:database_id>/table/cite.<str:suffix>", require_safe(table_file.cite)),
    path("databases/<str:database_id>/table/categories", require_safe(categories.categories)),
    path("upload", require_safe(upload.upload)),
    path("upload/bring", public_form(upload.bring)),
    path("databases/<str:database_id>/upload", require_safe(upload.upload)),
    path("databases/<str:database_id>/upload/bring", public_form(upload.bring)),
    path("databases/<str:database_id>/table/formula", require_safe(formula.formula)),
    path("databases/<str:database_id>/table/formula/write", public_form(formula.write)),
    path("databases/<str:database_id>/table/categories/elsewhere", require_safe(groups_elsewhere.elsewhere)),
    path("databases/<str:database_id>/table/categories/choose", public_form(categories.choose)),
    path("databases/<str:database_id>/table/permalink", public_form(permalinks.keep)),
    path("databases/<str:database_id>/chart", require_safe(chart.chart)),
    path("databases/<str:database_id>/chart.<str:suffix>", require_safe(chart.file)),
    path("databases/<str:database_id>/chart/embed", require_safe(chart.embed)),
    path("databases/<str:database_id>/map", require_safe(map_views.page)),
    path("databases/<str:database_id>/map.<str:suffix>", require_safe(map_views.file)),
    path("databases/<str:database_id>/map/embed", require_safe(map_views.embed)),
    path("databases/<str:database_id>/motion", require_safe(motion.page)),
    path("databases/<str:database_id>/motion.<str:suffix>", require_safe(motion.file)),
    path("tables/<undotted:permalink_id>.<str:suffix>", require_safe(permalinks.file)),
    path("tables/<undotted:permalink_id>", require_safe(permalinks.permalink)),
    path("jobs", require_safe(jobs.mine)),
    path("shared/<str:token>", require_safe(shared.shared)),
    path("jobs/new", require_http_methods(["GET", "HEAD", "POST"])(jobs.new)),
    path("jobs/<str:job_id>", require_safe(jobs.job)),
    path("jobs/<str:job_id>/cancel", require_POST(jobs.cancel)),
    path("errors/<str:code>", require_safe(explaining.kind)),
    path("healthz", require_safe(health.healthz)),
    path(f"{SOFTWARE_INTERFACE.strip('/')}/", include("statlas.api.opendata.routes")),
    path("api/v1", include("statlas.api.native.root")),
    path("api/v1/", include("statlas.api.native.routes")),
]

handler400 = explaining.bad_request
handler404 = explaining.not_found
handler500 = explaining.failed
