"""The index at ``/api/v1`` without a slash at its end; include ``urlpatterns`` there."""

from __future__ import annotations

from statlas.api.native import routes

urlpatterns = [pattern for pattern in routes.urlpatterns if pattern.name == "index"]
