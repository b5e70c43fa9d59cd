"""The administration: accounts and their roles, keys, groups and their limits. For administrators alone.

It has no door of its own: one signs in as everywhere, second factor and locks included.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.office.keys.models import ApiKey
from statlas.office.limits.models import GroupLimits
from statlas.service.office import accounts
from statlas.web.accounts import inviting

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
"""As on every page, and the small pictures that Django's own style sheet holds."""


class Administration(admin.AdminSite):
    """Django's administration behind our own way of signing in."""

    site_header = "Administration"
    site_title = "Administration"
    index_title = "What there is"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Administrators, with a second factor where the settings ask for one."""
        return _administers(request) and not _lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's own
        """To the one place to sign in, or to what is missing."""
        if _administers(request) and _lacks_second_factor(request):
            messages.warning(request, "The administration takes two-step sign-in. Turn it on first.")
            return HttpResponseRedirect(reverse("mfa_index"))
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("account"))
        return redirect_to_login(reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's own
        """To the one place to sign out."""
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's own
        """To the one place to change a password."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's own
        """A page of the administration, under the policy that its own pages need."""
        return csp_replace(POLICY)(super().admin_view(view, cacheable))


site = Administration(name="admin")


def _administers(request: HttpRequest) -> bool:
    return isinstance(request.user, Account) and request.user.is_active and request.user.is_staff


def _lacks_second_factor(request: HttpRequest) -> bool:
    return settings.STATLAS.two_factor == "staff" and not is_mfa_enabled(request.user)


class Managed(admin.ModelAdmin):
    """A table that every administrator manages: the role says who may, not a list of permissions."""

    can_add = can_change = can_delete = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the table is listed."""
        return _administers(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether rows may be seen."""
        return _administers(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether a row may be added."""
        return self.can_add and _administers(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether a row may be changed."""
        return self.can_change and _administers(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether a row may be deleted."""
        return self.can_delete and _administers(request)


@admin.register(Account, site=site)
class Accounts(Managed):
    """Accounts: opened by a letter to their owner, who alone ever knows the password."""

    list_display = ("email", "role_names", "is_active", "created", "last_login")
    list_filter = ("groups", "is_active")
    search_fields = ("email",)
    fields = ("email", "is_active", "groups", "created", "last_login")
    readonly_fields = ("created", "last_login")
    filter_horizontal = ("groups",)
    ordering = ("email",)

    @admin.display(description="roles and groups")
    def role_names(self, account: Account) -> str:
        """The account's groups, by name."""
        return ", ".join(sorted(group.name for group in account.groups.all()))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Account]:
        """Accounts with their groups at once."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> Any:  # noqa: ARG002
        """An address is its owner's to change, who has to confirm the new one."""
        return (*self.readonly_fields, "email") if obj else self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        """Nobody but a superuser touches a superuser."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        """Nobody but a superuser deletes a superuser."""
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save an account; the owner of a new one is sent a link to choose a password."""
        if not change:
            obj.email = obj.email.strip().lower()
            obj.set_password(None)
        super().save_model(request, obj, form, change)
        if not change:
            self._invite(request, obj)

    def _invite(self, request: HttpRequest, account: Account) -> None:
        accounts.vouch_for(account)
        if settings.STATLAS.sends_email:
            inviting.send(email=account.email, site=request.build_absolute_uri("/"))
            self.message_user(request, f"A letter with a link to choose a password is on its way to {account.email}.")
        else:
            link = request.build_absolute_uri(accounts.set_up_path(email=account.email))
            said = "This site sends no e-mail. Give this link to the owner yourself; it works once, for three days:"
            self.message_user(request, f"{said} {link}", messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: Account) -> None:  # noqa: ARG002 - Django's own
        """Delete an account as its owner would."""
        accounts.delete(account_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Account]) -> None:
        """Delete several."""
        for account in queryset:
            self.delete_model(request, account)


def _may_touch(request: HttpRequest, account: Account | None) -> bool:
    return account is None or not account.is_superuser or bool(getattr(request.user, "is_superuser", False))


class Limits(admin.StackedInline):
    """What each member of a group may ask for in an hour."""

    model = GroupLimits

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether limits may be seen."""
        return _administers(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's own
        """Whether a group may be given limits."""
        return _administers(request)

    has_change_permission = has_delete_permission = has_view_permission


@admin.register(Group, site=site)
class Groups(Managed):
    """Groups: the roles of the house, which stay as they are, and others made to give limits to."""

    fields = ("name",)
    list_display = ("name", "n_members")
    inlines = (Limits,)

    @admin.display(description="members")
    def n_members(self, group: Group) -> int:
        """How many accounts are in a group."""
        return Account.objects.filter(groups=group).count()

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:  # noqa: ARG002
        """A role keeps its name: the site knows it by that."""
        return ("name",) if obj and obj.name in [*Role] else ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """A role is never deleted."""
        return super().has_delete_permission(request, obj) and not (obj and obj.name in [*Role])


@admin.register(ApiKey, site=site)
class ApiKeys(Managed):
    """Keys: made by their owners, revoked here where they are misused."""

    can_add = can_change = can_delete = False
    list_display = ("name", "account", "created", "last_used", "revoked")
    list_filter = ("revoked",)
    search_fields = ("name", "account__email")
    fields = list_display
    actions = ("take_back",)

    @admin.action(description="Revoke the keys chosen")
    def take_back(self, request: HttpRequest, queryset: models.QuerySet[ApiKey]) -> None:
        """Take keys out of force, at once."""
        n = queryset.filter(revoked__isnull=True).update(revoked=timezone.now())
        self.message_user(request, f"Keys revoked: {n}.")
