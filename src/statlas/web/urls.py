"""Addresses of the site. One spelling each, without a slash at the end."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from statlas.web import explaining
from statlas.web.links import SOFTWARE_INTERFACE
from statlas.web.views import categories, database, finding, health, table

urlpatterns: list[URLPattern | URLResolver] = [
    path("", finding.home),
    path("catalogue", finding.catalogue),
    path("about", finding.about),
    path("databases/<str:database_id>", database.database),
    path("databases/<str:database_id>/table", table.table),
    path("databases/<str:database_id>/table.csv", table.csv),
    path("databases/<str:database_id>/table/categories", categories.categories),
    path("errors/<str:code>", explaining.kind),
    path("healthz", health.healthz),
]

if find_spec("statlas.api.opendata") and find_spec("statlas.api.opendata.routes"):
    urlpatterns.append(path(f"{SOFTWARE_INTERFACE.strip('/')}/", include("statlas.api.opendata.routes")))

handler400 = explaining.bad_request
handler404 = explaining.not_found
handler500 = explaining.failed
