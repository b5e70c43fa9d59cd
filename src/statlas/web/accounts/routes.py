"""Addresses of accounts: django-allauth's views under names of ours, and those of its pages that we use, no others."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from statlas.web.views import account as own
from statlas.web.views import (
    account_carried,
    account_files,
    account_folders,
    account_groups,
    account_keys,
    account_letters,
    account_tables,
    trying,
)

View = Callable[..., HttpResponseBase]


def _where(is_on: Callable[[], bool]) -> Callable[[View], View]:
    """Pages that are there only where the settings have them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_on():
                raise Http404
            return view(request, *args, **kwargs)

        return shown

    return decorate


def _explained(view: View) -> View:
    """A view that asks another server, which may be silent or talk nonsense: then the page for that is shown."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (OSError, LookupError, TypeError, ValueError, AttributeError):  # silence, and nonsense
            return render(request, "socialaccount/authentication_error.html", {}, status=503)

    return shown


two_factor = _where(lambda: settings.STATLAS.two_factor != "off")
elsewhere = _where(lambda: bool(settings.STATLAS.oidc_url))

urlpatterns = [
    path("sign-in", account.login, name="account_login"),
    path("sign-out", account.logout, name="account_logout"),
    # A letter that cannot be sent leaves no account behind.
    path("register", transaction.atomic(account.signup), name="account_signup"),
    path("confirm", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm/(?P<key>[-:\w]+)$", account.confirm_email, name="account_confirm_email"),
    path("closed", account.account_inactive, name="account_inactive"),
    path("again", account.reauthenticate, name="account_reauthenticate"),
    path("e-mail", account.email, name="account_email"),
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("password/reset", account.password_reset, name="account_reset_password"),
    path("password/reset/sent", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/done", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("two-step", two_factor(second.index), name="mfa_index"),
    path("two-step/code", two_factor(second.authenticate), name="mfa_authenticate"),
    path("two-step/again", two_factor(second.reauthenticate), name="mfa_reauthenticate"),
    path("two-step/turn-on", two_factor(totp.activate_totp), name="mfa_activate_totp"),
    path("two-step/turn-off", two_factor(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("two-step/recovery", two_factor(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("two-step/recovery/new", two_factor(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("two-step/recovery.txt", two_factor(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("elsewhere", elsewhere(social.connections), name="socialaccount_connections"),
    path("elsewhere/register", elsewhere(social.signup), name="socialaccount_signup"),
    path("elsewhere/cancelled", elsewhere(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("elsewhere/failed", elsewhere(social.login_error), name="socialaccount_login_error"),
    path("elsewhere/<str:provider_id>/sign-in", elsewhere(_explained(openid.login)), name="openid_connect_login"),
    path("elsewhere/<str:provider_id>/back", elsewhere(_explained(openid.callback)), name="openid_connect_callback"),
    path("keys", account_keys.keys, name="account_keys"),
    path("keys/<int:key_id>/revoke", account_keys.revoke, name="account_revoke_key"),
    path("tables", account_tables.every, name="account_tables"),
    path("tables/new", account_tables.new, name="account_table_new"),
    path("tables/<str:table_id>", account_tables.one, name="account_table"),
    path("tables/<str:table_id>/edit", account_tables.edit, name="account_table_edit"),
    path("tables/<str:table_id>/copy", account_tables.copy, name="account_table_copy"),
    path("tables/<str:table_id>/seen", account_tables.seen, name="account_table_seen"),
    path("tables/<str:table_id>/keep", account_carried.keep, name="account_table_keep"),
    path("tables/<str:table_id>/take-back", account_carried.take_back, name="account_table_take_back"),
    path("tables/<str:table_id>/share", account_tables.share, name="account_table_share"),
    path("tables/<str:table_id>/delete", account_tables.delete, name="account_table_delete"),
    path("folders", account_folders.every, name="account_folders"),
    path("folders/<int:folder_id>", account_folders.rename, name="account_folder"),
    path("folders/<int:folder_id>/delete", account_folders.delete, name="account_folder_delete"),
    path("groups", account_groups.every, name="account_groups"),
    path("groups/new", account_groups.new, name="account_group_new"),
    path("groups/<str:group_id>", account_groups.one, name="account_group"),
    path("groups/<str:group_id>/edit", account_groups.edit, name="account_group_edit"),
    path("groups/<str:group_id>/share", account_groups.share, name="account_group_share"),
    path("groups/<str:group_id>/delete", account_groups.delete, name="account_group_delete"),
    path("files", account_files.every, name="account_files"),
    path("letters", account_letters.page, name="account_letters"),
    path("data", require_safe(own.data), name="account_data"),
    path("data.json", require_safe(own.data_file), name="account_data_file"),
    path("delete", own.delete, name="account_delete"),
    path("trying/<str:token>", require_safe(trying.sign_in)),
]
