"""Django's test client, signed in as whom a test likes."""

from __future__ import annotations

from typing import Any

from django.test import Client

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(client: Client, account: Any) -> Client:
    """The client, signed in as somebody."""
    client.force_login(account, backend=_BACKEND)
    return client


def visit(account: Any = None, **options: Any) -> Client:
    """A client of its own that is signed in as somebody, or as nobody."""
    client = Client(SERVER_NAME="localhost", **options)
    return client if account is None else sign_in(client, account)


def signed_in(email: str = "someone@example.org") -> Client:
    """A client in which an account of this address is signed in; ``account_id`` is the account's."""
    from statlas.office.accounts import queries as accounts  # noqa: PLC0415 - models are there once Django is set up

    account = accounts.find(email) or accounts.make(email, None, None)
    client = sign_in(Client(), account)
    client.account_id = account.pk
    return client
