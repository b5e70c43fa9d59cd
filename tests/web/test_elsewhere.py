"""Signing in at the server of one's organisation: there and back, with what is kept of it."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from statlas.office.accounts.models import Account
from statlas.service.office import accounts
from statlas.web import openid_connect

pytestmark = pytest.mark.django_db

PERSON = {"sub": "0815", "email": "someone@example.org", "email_verified": True, "name": "Some One", "phone": "0123"}


class Office(ThreadingHTTPServer):
    """A server of an organisation that lets in whom it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person = dict(PERSON)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.asked = {}

    def discovery(self):
        """What clients ask first."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
        }

    def tokens(self, form):
        """What a code is worth."""
        verifier = form["code_verifier"][0].encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        assert challenge == self.asked["code_challenge"][0]
        claims = {**self.person, "iss": self.url, "aud": "statlas", "iat": time.time(), "exp": time.time() + 60}
        if "nonce" in self.asked:
            claims["nonce"] = self.asked["nonce"][0]
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})
        return {"access_token": "a-token-of-theirs", "token_type": "Bearer", "id_token": signed}

    def jwks(self):
        """The key that tokens are signed with."""
        return {"keys": [{**jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "one"}]}


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        what = urlsplit(self.path).path.rpartition("/")[2]
        found = {"openid-configuration": self.server.discovery, "jwks": self.server.jwks}
        self._send(found.get(what, lambda: self.server.person)())

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._send(self.server.tokens(form))

    def _send(self, content):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_said):
        """Be quiet."""


@pytest.fixture
def office(settings):
    """The organisation's server, which the site's settings name."""
    server = Office()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.STATLAS = replace(
        settings.STATLAS, oidc_url=server.url, oidc_client="statlas", oidc_secret="its-own", oidc_name="Example Office"
    )
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": openid_connect.apps(settings.STATLAS)}}
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _come_back(client, office):
    """From the button to the office and back; the answer of the site."""
    leaving = client.get("/account/elsewhere/sso/sign-in")
    assert leaving.status_code == 302, leaving.content.decode()
    office.asked = parse_qs(urlsplit(leaving.url).query)
    assert leaving.url.startswith(f"{office.url}/authorize?")
    back = urlsplit(office.asked["redirect_uri"][0])
    assert back.path == "/account/elsewhere/sso/back"
    return client.get(back.path, {"code": "a-code", "state": office.asked["state"][0]})


@pytest.fixture
def client():
    """A browser without cookies."""
    return Client(SERVER_NAME="localhost")


def test_someone_of_the_organisation_comes_in(client, office):
    """By the button on the page to sign in; of what the office tells, the address alone is kept."""
    assert "Sign in with Example Office" in client.get("/account/sign-in").content.decode()
    answer = _come_back(client, office)
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url == "/account"
    assert Account.objects.get().email == PERSON["email"]
    kept = json.dumps(accounts.kept_about(account_id=Account.objects.get().pk))
    assert "Some One" not in kept
    assert "0123" not in kept
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()


def test_the_same_person_comes_to_the_same_account(client, office):
    """Again and again; and one who registered before by letter is taken for the same."""
    _come_back(client, office)
    _come_back(Client(SERVER_NAME="localhost"), office)
    assert Account.objects.count() == 1


def test_an_address_that_the_office_does_not_vouch_for_opens_no_account(client, office):
    """Or anybody could claim the address of an administrator there."""
    accounts.make_administrator(email=PERSON["email"], password=None)
    office.person["email_verified"] = False
    _come_back(client, office)
    assert client.get("/account").status_code == 302, "nobody was signed in"


def test_a_forged_way_back_leads_nowhere(client, office):
    """Without the state that the site gave away, or from another site's page."""
    client.get("/account/elsewhere/sso/sign-in")
    answer = client.get("/account/elsewhere/sso/back", {"code": "a-code", "state": "forged"})
    assert "Signing in did not work" in answer.content.decode()
    assert not Account.objects.exists()


def test_an_office_that_talks_nonsense_is_explained(client, office, monkeypatch):
    """Whatever it answers."""
    for nonsense in ({}, [], "x", {"token_endpoint": 5}):
        monkeypatch.setattr(office, "discovery", lambda said=nonsense: said)
        answer = client.get("/account/elsewhere/sso/sign-in")
        assert answer.status_code == 503, nonsense


def test_a_silent_office_is_explained(client, settings):
    """In a page of ours, not as a mistake of ours."""
    settings.STATLAS = replace(settings.STATLAS, oidc_url="http://127.0.0.1:1", oidc_client="statlas")
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": openid_connect.apps(settings.STATLAS)}}
    answer = client.get("/account/elsewhere/sso/sign-in")
    assert answer.status_code == 503
    assert "did not answer as it should" in answer.content.decode()


def test_without_the_setting_there_is_no_way(client):
    """No button, no page."""
    assert "Sign in with" not in client.get("/account/sign-in").content.decode()
    for page in ("", "/register", "/cancelled", "/failed", "/sso/sign-in", "/sso/back"):
        assert client.get(f"/account/elsewhere{page}").status_code == 404, page
