"""Organisations and releases in the administration: to be looked at; what changes them is done at the work list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from statlas.office.organisations.models import Belonging, Membership, Organisation
from statlas.office.releases.models import Move, ReleaseRow


class _Looked(admin.ModelAdmin):
    """A table that nobody changes here: each change has rules, a reason and a line of the audit log elsewhere."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the table is listed."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether rows may be seen."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """No row is added here."""
        return False

    has_change_permission = has_delete_permission = has_add_permission


class _Listed(admin.TabularInline):
    """Rows beside the one that is looked at."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether they may be seen."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """No row is added here."""
        return False

    has_change_permission = has_delete_permission = has_add_permission


class _Members(_Listed):
    model = Membership
    readonly_fields = ("created",)
    fields = ("account", "role", "created")


class _Belongings(_Listed):
    model = Belonging
    readonly_fields = ("created",)
    fields = ("kind", "name", "created")


class _Organisations(_Looked):
    """Who belongs to which, and what is its own."""

    list_display = ("name", "slug", "contact", "is_default", "created")
    fields = readonly_fields = list_display
    inlines = (_Members, _Belongings)


class _History(_Listed):
    model = Move
    fields = ("number", "act", "before", "after", "actor", "os_user", "reason", "about", "minute", "at")


class _Releases(_Looked):
    """Where each release is, and what was done to it; nothing of what it says."""

    list_display = ("database", "release", "state", "prepared_by", "approved_by", "scheduled_for", "public_from")
    list_filter = ("state",)
    search_fields = ("database", "prepared_by", "approved_by")
    fields = (*list_display, "kind", "version", "digest", "approved_because", "notice", "created", "changed")
    inlines = (_History,)


def register(site: admin.AdminSite) -> None:
    """Add the tables to the administration."""
    site.register(Organisation, _Organisations)
    site.register(ReleaseRow, _Releases)
