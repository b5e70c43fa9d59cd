"""The administration: accounts and their roles, keys, groups and their limits, releases. For administrators alone.

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
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.office.keys.models import ApiKey
from statlas.office.limits.models import GroupLimits
from statlas.service.office import accounts, acts
from statlas.web import administration_releases
from statlas.web.accounts import inviting
from statlas.web.views import audit

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

    def get_urls(self) -> list[Any]:
        """The pages of the administration, and the audit log beside them."""
        return [path("audit", self.admin_view(require_safe(audit.page)), name="audit"), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What is managed, and the audit log, which nobody can change."""
        listed = super().get_app_list(request, app_label)
        if app_label is not None or not self.has_permission(request):
            return listed
        log = {"name": "Audit log", "object_name": "Audit", "admin_url": reverse("admin:audit"), "view_only": True}
        acts_done = {"name": "What was done", "app_label": "audit", "app_url": log["admin_url"], "models": [log]}
        return [*listed, acts_done]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's own
        """A page of the administration, under the policy that its own pages need."""
        return csp_replace(POLICY)(super().admin_view(view, cacheable))


site = Administration(name="admin")
administration_releases.register(site)


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

    def response_action(self, request: HttpRequest, queryset: Any, *given: Any) -> Any:
        """What is done to several rows, in one transaction with its lines; Django sees to that for a single one."""
        with acts.alone():
            return super().response_action(request, queryset, *given)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write to the audit log that a row was added."""
        _record(request, f"{_kind(obj)}.create", _named(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write to the audit log which fields were changed, by name."""
        _record(request, f"{_kind(obj)}.change", _named(obj), {"changed": _changed(message)})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Write to the audit log that rows are deleted; an account tells of its own end."""
        for obj in queryset:
            if not isinstance(obj, Account):
                _record(request, f"{_kind(obj)}.delete", _named(obj))
        return super().log_deletions(request, queryset)


def _record(request: HttpRequest, action: str, subject: str, details: dict[str, str] | None = None) -> None:
    actor = request.user
    assert isinstance(actor, Account)
    acts.record(actor=acts.name_of(actor), action=action, subject=subject, details=details)


def _kind(obj: models.Model) -> str:
    """What a row is, as the audit log names acts on it: ``account``, ``group``."""
    return str(obj._meta.verbose_name).replace(" ", "-")  # noqa: SLF001 - Django's documented way to a model's names


def _named(obj: models.Model) -> str:
    """How the audit log names a row; by its number where its name is its owner's affair."""
    if isinstance(obj, Account):
        return acts.name_of(obj)
    return f"key {obj.pk}" if isinstance(obj, ApiKey) else str(obj)


def _changed(message: Any) -> str:
    """The fields of a change, and of the rows that hang on it, as Django tells them."""
    told = [one.get(act, {}) for one in (message if isinstance(message, list) else []) for act in one]
    fields = [str(name) for one in told for name in one.get("fields", [one.get("name", "")])]
    return ", ".join(sorted({name for name in fields if name})) or "nothing"


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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Save roles and groups; each that is given or taken is a line of the audit log."""
        account = form.instance
        before = {group.name for group in account.groups.all()}
        super().save_related(request, form, formsets, change)
        after = {group.name for group in Account.objects.get(pk=account.pk).groups.all()}
        for name in sorted(before ^ after):
            action = "role.give" if name in after else "role.take"
            _record(request, action, account.email if name in [*Role] else _named(account), {"role": name})

    def _invite(self, request: HttpRequest, account: Account) -> None:
        accounts.vouch_for(account)
        if settings.STATLAS.sends_email:
            inviting.send(email=account.email, site=request.build_absolute_uri("/"))
            self.message_user(request, f"A letter with a link to choose a password is on its way to {account.email}.")
        else:
            link = request.build_absolute_uri(accounts.set_up_path(email=account.email))
            said = "This site sends no e-mail. Give this link to the owner yourself; it works once, for three days:"
            self.message_user(request, f"{said} {link}", messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: Account) -> None:
        """Delete an account as its owner would."""
        by = request.user
        assert isinstance(by, Account)
        accounts.delete(account_id=obj.pk, by=by)

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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Save the limits of a group, and write to the audit log what they are now."""
        super().save_formset(request, form, formset, change)
        for limits in (*formset.new_objects, *(one for one, _fields in formset.changed_objects)):
            told = {field.name: getattr(limits, field.name) for field in limits._meta.concrete_fields}  # noqa: SLF001
            values = {name: str(told[name]) for name in told if name not in {"id", "group"} and told[name] is not None}
            _record(request, "limits.set", str(form.instance), values)

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
        in_force = [key.pk for key in queryset.filter(revoked__isnull=True)]
        ApiKey.objects.filter(pk__in=in_force).update(revoked=timezone.now())
        for key_id in in_force:
            _record(request, "key.revoke", f"key {key_id}")
        self.message_user(request, f"Keys revoked: {len(in_force)}.")
