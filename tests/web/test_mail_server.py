"""E-mails reach a real mail server, as ``STATLAS_EMAIL_URL`` names it."""

import re
import urllib.parse
import urllib.request
from email import message_from_bytes
from email.policy import default
from http.cookiejar import CookieJar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from statlas.errors import SettingsError
from statlas.web import email_url
from statlas.web.configuration import Settings

PASSWORD = "copper violin umbrella"


class Box:
    """What a mail server took."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the server's own name
        """Take a letter."""
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 Taken"


def _who(_server, _session, _envelope, _mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"no-reply", b"p@ss:word")
    return AuthResult(success=known)


@pytest.fixture
def box(free_port):
    """A mail server on this machine that asks for a name and a password."""
    found = Box()
    server = Controller(
        found, hostname="127.0.0.1", port=free_port, authenticator=_who, auth_required=True, auth_require_tls=False
    )
    server.start()
    found.url = f"smtp://no-reply:p%40ss%3Aword@127.0.0.1:{free_port}"
    yield found
    server.stop()


class Browser:
    """Someone with a browser and no scripts, who fills in forms."""

    def __init__(self, site):
        self._site = site
        self._jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def send(self, address, **fields):
        """Open a page, fill in its form and send it; the page that follows."""
        page = self._jar.open(self._site + address, timeout=20).read().decode()
        form = page[page.rindex("<form method=") :]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        return self._jar.open(self._site + address, data, timeout=20).read().decode()


# The server under test is on loopback, where a password may go over an open line.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_somebody_registers_by_letter_on_the_real_site(box, serve, tmp_path):
    """Form, letter, link, button, signed in: over HTTP and SMTP, with two processes that share their database."""
    site = serve(
        tmp_path / "home",
        "--workers",
        "2",
        STATLAS_EMAIL_URL=box.url,
        STATLAS_EMAIL_FROM="Figures <no-reply@example.org>",
    ).wait()
    browser = Browser(site.address)
    assert "Look for our e-mail" in browser.send("/account/register", email="someone@example.org", password1=PASSWORD)
    ((to, letter),) = box.letters
    assert to == ["someone@example.org"]
    assert letter["From"] == "Figures <no-reply@example.org>"
    assert letter.get_content_type() == "text/plain"
    link = re.search(rf"{re.escape(site.address)}(/account/confirm/\S+)", letter.get_content())[1]
    browser.send(link)
    page = browser.send("/account/sign-in", login="someone@example.org", password=PASSWORD)
    assert "someone@example.org" in page.replace("<wbr>", "")
    said = site.stop()
    assert "Traceback" not in said
    assert "someone@example.org" not in said


@pytest.mark.parametrize(
    ("url", "host", "port", "starttls", "tls"),
    [
        ("smtp://relay", "relay", 25, False, False),
        ("smtp+starttls://me:p%40ss@mail.example", "mail.example", 587, True, False),
        ("smtps://me:p%40ss@mail.example:4650", "mail.example", 4650, False, True),
    ],
)
def test_every_way_to_a_server_is_read(url, host, port, starttls, tls):
    """Its name, port and encryption; escaped characters come back."""
    read = email_url.read(url)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == (host, port)
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (starttls, tls)
    assert read["EMAIL_HOST_PASSWORD"] in ("", "p@ss")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://me:secret@mail.example",
        "smtps://me:secret@mail.example:port",
        "smtps://me:secret@mail.example/path",
        "smtps://me:secret@mail.example?x=secret",
    ],
)
def test_what_is_no_server_is_refused_without_repeating_it(url):
    """A password over an open line as well; none of the address is in the message."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"STATLAS_EMAIL_URL": url})
    assert "STATLAS_EMAIL_URL" in caught.value.message
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("sender", ["nobody", "a@b, c@d", "x@y\nBcc: all@z", "<a@b", "Name a@b"])
def test_letters_come_from_one_address(sender):
    """No list, no second header."""
    with pytest.raises(SettingsError):
        Settings.from_environment({"STATLAS_EMAIL_FROM": sender})
