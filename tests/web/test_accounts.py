"""Accounts from the first letter to the last: registered, used, guarded, taken away."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from visiting import sign_in

from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.office.keys.models import ApiKey
from statlas.service.office import accounts, keys, organisations
from statlas.service.office.actors import Actor
from statlas.store import Home

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

EMAIL = "someone@example.org"
PASSWORD = "copper violin umbrella"
NEW = "another copper violin"


@pytest.fixture(autouse=True)
def quick_hashes(request, settings):
    """Passwords hashed in no time, but where hashing is what is tested."""
    if "scrypt" not in request.node.name:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def mails(settings):
    """The letters sent, on a site that sends letters."""
    settings.STATLAS = replace(settings.STATLAS, email_url="console:")
    settings.DEFAULT_FROM_EMAIL = "no-reply@example.org"
    return mail.outbox


@pytest.fixture
def visitor(mails):
    """A browser without cookies, of which forms are checked."""
    return Client(enforce_csrf_checks=False, SERVER_NAME="localhost")


@pytest.fixture
def account():
    """An account with a confirmed address."""
    from statlas.office.accounts import queries  # noqa: PLC0415 - models are there once Django is set up

    return queries.make(EMAIL, PASSWORD, None)


@pytest.fixture
def signed_in(visitor, account):
    """A browser in which the account is signed in."""
    answer = _sign_in(visitor)
    assert answer.status_code == 302
    return visitor


def _sign_in(client, email=EMAIL, password=PASSWORD, **more):
    return client.post("/account/sign-in", {"login": email, "password": password, **more})


def _link(letter):
    """The link of a letter, without the site's name."""
    return re.search(r"http://localhost(/\S+)", letter.body)[1]


def _register(client, email=EMAIL, password=PASSWORD):
    return client.post("/account/register", {"email": email, "password1": password})


# --- the first letter -------------------------------------------------------------------------------------------------


def test_an_account_begins_with_a_confirmed_address(visitor, mails):
    """Registered, written to, confirmed by a button, signed in; before that the password opens nothing."""
    assert _register(visitor).url == "/account/confirm"
    assert _sign_in(visitor).url == "/account/confirm"
    assert visitor.get("/account").status_code == 302
    link = _link(mails[0])
    assert visitor.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified, "a program that follows links confirms nothing"
    visitor.post(link)
    assert EmailAddress.objects.get().verified
    assert _sign_in(visitor).url == "/account"
    assert EMAIL in visitor.get("/account").content.decode()


def test_letters_are_plain_text_in_our_own_words(visitor, mails):
    """From the site's address, about one thing, with nothing to load and nothing left unfilled."""
    _register(visitor)
    letter = mails[0]
    assert letter.from_email == "no-reply@example.org"
    assert letter.subject == "Confirm your e-mail address for Statlas"
    assert letter.message().get_content_type() == "text/plain"
    assert "{" not in letter.body
    assert "&" not in letter.body


def test_every_letter_that_can_be_sent_has_words():
    """No e-mail of the machinery below goes out in its own words, and each can be filled in."""
    import allauth  # noqa: PLC0415

    from statlas.web.accounts.letters import LETTERS  # noqa: PLC0415

    never = {"login_code", "password_reset_code", "webauthn_added", "webauthn_removed"}
    from pathlib import Path  # noqa: PLC0415

    folder = Path(allauth.__file__).parent / "templates"
    found = {
        path.relative_to(folder).as_posix().removesuffix("_subject.txt")
        for path in folder.rglob("*_subject.txt")
        if path.name.removesuffix("_subject.txt") not in never and "idp" not in path.parts
    }
    assert found <= set(LETTERS)
    facts = dict.fromkeys(
        ("site_name", "site", "activate_url", "password_reset_url", "signup_url", "from_email", "to_email"), "x"
    )
    for letter in LETTERS.values():
        assert letter.subject_for(facts)
        assert letter.body_for({**facts, "deleted_email": "x"}).endswith("x\nx\n")


def test_without_a_mail_server_registration_says_so(client):
    """An address that cannot be written to cannot be confirmed; nothing is made."""
    page = client.get("/account/register", headers={"host": "localhost"}).content.decode()
    assert "This site sends no e-mail" in page
    client.post("/account/register", {"email": EMAIL, "password1": PASSWORD}, headers={"host": "localhost"})
    assert not Account.objects.exists()
    assert "This site sends no e-mail" in client.get("/account/password/reset").content.decode()


def test_registration_can_be_closed(visitor, settings):
    """Then administrators open accounts."""
    settings.STATLAS = replace(settings.STATLAS, sign_up=False)
    assert "opened by its administrators" in visitor.get("/account/register").content.decode()
    _register(visitor)
    assert not Account.objects.exists()


def test_a_mail_server_that_fails_leaves_no_half_account(visitor, settings):
    """The visitor is told to try again, and can."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = _register(visitor)
    assert answer.status_code == 503
    assert "could not be sent" in answer.content.decode()
    assert not Account.objects.exists()


# --- what strangers learn ---------------------------------------------------------------------------------------------


def test_nobody_learns_who_has_an_account(visitor, account, mails):
    """Registering, asking for a password and signing in answer alike for an address with an account and one without."""
    for send in (
        lambda email: _register(Client(SERVER_NAME="localhost"), email),
        lambda email: Client(SERVER_NAME="localhost").post("/account/password/reset", {"email": email}),
        lambda email: _sign_in(Client(SERVER_NAME="localhost"), email, "quite another one"),
    ):
        known, unknown = send(EMAIL), send("nobody@example.org")
        assert known.status_code == unknown.status_code
        assert known.headers.get("Location") == unknown.headers.get("Location")
        words = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in (known, unknown)]
        assert words[0] == words[1]
    assert len([letter for letter in mails if letter.to == [EMAIL]]) == 2
    assert len([letter for letter in mails if letter.to == ["nobody@example.org"]]) == 2


def test_one_address_is_one_account_whatever_its_case(visitor, account, mails):
    """Registering again in capitals makes no second account and tells the owner."""
    _register(visitor, "SomeOne@Example.ORG")
    assert Account.objects.count() == 1
    assert "has an account already" in mails[0].body


@pytest.mark.parametrize("password", ["short", "password1234", "someone@example", "123456789012"])
def test_weak_passwords_are_refused(visitor, password):
    """Too short, too common, like the address; the reason is said and the page says that there is a problem."""
    page = _register(visitor, password=password).content.decode()
    assert "There is a problem" in page
    assert "<title>Error: Register" in page
    assert not Account.objects.exists()


def test_passwords_are_hashed_with_scrypt(account):
    """Memory-hard, salted; the password is nowhere."""
    assert re.match(r"scrypt\$16384\$\S{22}\$8\$5\$", account.password)
    assert PASSWORD not in account.password


def test_guessing_is_stopped_for_a_while(visitor, account):
    """Five wrong passwords lock the account for that address, the right one too; another address goes on."""
    for _ in range(5):
        answer = _sign_in(visitor, password="wrong wrong wrong")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert _sign_in(visitor).status_code == 429
    assert "Wait 15 minutes" in _sign_in(visitor).content.decode()
    elsewhere = Client(SERVER_NAME="localhost", REMOTE_ADDR="127.0.0.2")
    assert _sign_in(elsewhere).status_code == 302


def test_what_is_counted_names_nobody(visitor, account):
    """Neither the address tried nor where from stands in the database of attempts, or in what the site says."""
    for _ in range(4):
        _sign_in(visitor, password="wrong wrong wrong")
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM attempts")
        rows = str(cursor.fetchall())
    assert EMAIL not in rows
    from axes.models import AccessAttempt, AccessFailureLog, AccessLog  # noqa: PLC0415

    assert not any(model.objects.exists() for model in (AccessAttempt, AccessFailureLog, AccessLog))


def test_a_failed_sign_in_is_not_news(visitor, account, capfd, caplog):
    """No log line names who tried, or from where."""
    for _ in range(6):
        _sign_in(visitor, password="wrong wrong wrong")
    said = "".join(capfd.readouterr())
    assert EMAIL not in said
    assert "127.0.0.1" not in said


def test_one_address_gets_few_letters(visitor, account, mails):
    """However often a new password is asked for, and from wherever."""
    for n in range(12):
        client = Client(SERVER_NAME="localhost", REMOTE_ADDR=f"127.0.1.{n}")
        client.post("/account/password/reset", {"email": EMAIL})
        _register(client)
    assert 1 <= len(mails) <= 6


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://localhost.evil.example/",
    ],
)
def test_signing_in_leads_nowhere_else(visitor, account, where):
    """An address of another site after ``next`` is passed over."""
    answer = _sign_in(visitor, next=where)
    assert answer.status_code == 302
    assert answer.url == "/account"


def test_signing_in_leads_back_to_the_page(visitor, account):
    """A page of this site is gone back to."""
    assert _sign_in(visitor, next="/account/keys").url == "/account/keys"


def test_forms_are_taken_from_our_own_pages_alone(account, mails):
    """Without the token of the page nothing is changed, and the visitor is told what to do."""
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = _sign_in(client)
    assert answer.status_code == 403
    assert "This form cannot be taken" in answer.content.decode()


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_the_cookie_of_a_session_is_locked_up(signed_in):
    """Scripts cannot read it, other sites do not get it, and it ends with the browser."""
    cookie = signed_in.cookies["statlas-session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


def test_whoever_asks_stays_signed_in_for_two_weeks(visitor, account):
    """And no longer."""
    _sign_in(visitor, remember="on")
    assert visitor.cookies["statlas-session"]["max-age"] == 14 * 24 * 3600


def test_a_session_gets_a_new_name_when_one_signs_in(visitor, account):
    """A name that somebody planted before is worth nothing afterwards."""
    visitor.get("/account/password/reset/1-x")
    session = visitor.session
    session["planted"] = True
    session.save()
    before = session.session_key
    visitor.cookies["statlas-session"] = before
    _sign_in(visitor)
    assert visitor.cookies["statlas-session"].value != before


def test_pages_of_accounts_are_kept_by_nobody(signed_in):
    """Neither a cache on the way nor the browser keeps them."""
    for address in ("/account", "/account/keys", "/account/data", "/account/data.json", "/account/sign-out"):
        assert signed_in.get(address).headers["Cache-Control"] == "private, no-store", address


def test_a_public_page_is_the_same_for_who_is_signed_in(signed_in):
    """It does not ask who is there, so that caches may keep it for all."""
    guest = Client(SERVER_NAME="localhost").get("/privacy")
    known = signed_in.get("/privacy")
    assert known.content == guest.content
    assert "Cookie" not in known.headers["Vary"]


def test_signing_out_takes_a_button(signed_in):
    """A picture on another site signs nobody out."""
    signed_in.get("/account/sign-out")
    assert signed_in.get("/account").status_code == 200
    assert signed_in.post("/account/sign-out").url == "/"
    assert signed_in.get("/account").status_code == 302


def test_a_closed_account_is_out_at_once(signed_in, account):
    """Sessions and keys stop, and signing in says why."""
    key = keys.create(name="a program", account_id=account.pk)
    Account.objects.update(is_active=False)
    assert signed_in.get("/account").status_code == 302
    assert keys.check(key=key) is None
    fresh = Client(SERVER_NAME="localhost")
    assert _sign_in(fresh).url == "/account/closed"
    assert "closed" in fresh.get("/account/closed").content.decode()


# --- passwords and addresses ------------------------------------------------------------------------------------------


def test_whoever_was_given_a_role_on_the_command_line_chooses_the_first_password_by_letter(visitor, mails, tmp_path):
    """The account that ``organisation add --new`` opens has none; its owner asks for one as if it were forgotten."""
    home = Home(tmp_path / "home").create()
    by = Actor("root (command line)", is_system=True)
    given = {"slug": "default", "email": "New@Example.org", "role": organisations.Role.PRODUCER}
    organisations.add_member(home=home, **given, actor=by, opens_account=True)
    assert not Account.objects.get(email="new@example.org").has_usable_password()
    visitor.post("/account/password/reset", {"email": "new@example.org"})
    form = visitor.get(_link(mails[0]), follow=True)
    visitor.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert _sign_in(visitor, "new@example.org", NEW).url == "/account"


def test_a_forgotten_password_is_set_anew_once(visitor, account, mails):
    """Through a link that works once; sessions from before end, and the owner is told."""
    other = Client(SERVER_NAME="localhost")
    _sign_in(other)
    visitor.post("/account/password/reset", {"email": EMAIL})
    link = _link(mails[0])
    form = visitor.get(link, follow=True)
    address = form.request["PATH_INFO"]
    assert link.rsplit("-", 1)[1] not in address, "the key is out of the address before anything else is loaded"
    visitor.post(address, {"password1": NEW, "password2": NEW})
    assert _sign_in(Client(SERVER_NAME="localhost"), password=NEW).status_code == 302
    assert other.get("/account").status_code == 302
    assert "used or is too old" in Client(SERVER_NAME="localhost").get(link).content.decode()
    assert mails[-1].subject == "Your password was changed"


def test_a_password_is_changed_by_who_knows_it(signed_in, mails):
    """Afterwards one signs in anew."""
    form = {"oldpassword": "wrong wrong wrong", "password1": NEW, "password2": NEW}
    assert signed_in.post("/account/password", form).status_code == 200
    answer = signed_in.post("/account/password", {**form, "oldpassword": PASSWORD})
    assert answer.status_code == 302
    assert signed_in.get("/account").status_code == 302
    assert _sign_in(Client(SERVER_NAME="localhost"), password=NEW).status_code == 302


def test_a_new_address_counts_once_it_is_confirmed(signed_in, account, mails):
    """Until then the old one does; the old one is told."""
    answer = signed_in.post("/account/e-mail", {"email": "new@example.org", "action_add": "1"})
    assert answer.url.startswith("/account/again")
    signed_in.post(answer.url, {"password": PASSWORD})
    account.refresh_from_db()
    assert account.email == EMAIL
    letter = next(letter for letter in mails if letter.to == ["new@example.org"])
    signed_in.post(_link(letter))
    account.refresh_from_db()
    assert account.email == "new@example.org"
    assert {letter.to[0] for letter in mails if "changed" in letter.subject} == {EMAIL}


def _again(client, address):
    """Show once more that it is you, if asked."""
    answer = client.get(address)
    if answer.status_code == 302 and answer.url.startswith("/account/again"):
        client.post(answer.url, {"password": PASSWORD})


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys_are_named_shown_once_and_taken_back(signed_in, account):
    """Several for an account; the page shows a new one once, and the list never."""
    made = [_make_key(signed_in, f"program {n}") for n in range(3)]
    assert [keys.check(key=key).account_id for key in made] == [account.pk] * 3
    page = signed_in.get("/account/keys").content.decode()
    assert not any(key in page for key in made)
    assert "program 1" in page
    key_id = keys.check(key=made[1]).id
    assert "program 1" in signed_in.get(f"/account/keys/{key_id}/revoke").content.decode()
    assert keys.check(key=made[1])
    signed_in.post(f"/account/keys/{key_id}/revoke")
    assert [bool(keys.check(key=key)) for key in made] == [True, False, True]


def test_a_key_lasts_as_long_as_was_chosen(signed_in):
    """For 30 days or for ever; a length that the form does not offer is for ever, too."""
    lasting = {lasts: keys.check(key=_make_key(signed_in, f"for {lasts}", lasts)) for lasts in ("30", "", "9999")}
    assert (lasting["30"].expires - lasting["30"].created).days == 30
    assert lasting[""].expires is None
    assert lasting["9999"].expires is None
    assert "Ends on" in signed_in.get("/account/keys").content.decode()


def _make_key(client, name, lasts=""):
    page = client.post("/account/keys", {"name": name, "lasts": lasts}).content.decode()
    return re.search(r"<code>([0-9a-f]{64})</code>", page)[1]


def test_the_key_itself_is_kept_nowhere(signed_in):
    """Neither in its table nor in a session."""
    key = _make_key(signed_in, "a program")
    assert key not in str(ApiKey.objects.values())
    assert key not in str(dict(signed_in.session))


@pytest.mark.parametrize("name", ["", "x" * 101, "two\nlines", "\x00"])
def test_a_bad_name_is_explained(signed_in, name):
    """At its field, with what was typed."""
    answer = signed_in.post("/account/keys", {"name": name})
    assert answer.status_code == 400
    assert "There is a problem" in answer.content.decode()


def test_keys_of_others_are_out_of_reach(signed_in, account):
    """A key of another account, and one made on the command line, are as if they were not there."""
    other = Account.objects.create_user("other@example.org", None)
    theirs = keys.check(key=keys.create(name="theirs", account_id=other.pk)).id
    nobodys = keys.check(key=keys.create(name="nobody's")).id
    for key_id in (theirs, nobodys, 999_999):
        assert signed_in.get(f"/account/keys/{key_id}/revoke").status_code == 400
        assert signed_in.post(f"/account/keys/{key_id}/revoke").status_code == 400
    assert not ApiKey.objects.filter(revoked__isnull=False).exists()
    assert "theirs" not in signed_in.get("/account/keys").content.decode()


def test_two_owners_may_use_one_name(account):
    """A name is an owner's own; on the command line it is another."""
    other = Account.objects.create_user("other@example.org", None)
    made = [keys.create(name="a program", account_id=owner) for owner in (account.pk, other.pk, None)]
    assert len({keys.check(key=key).id for key in made}) == 3
    keys.revoke(name="a program")
    assert [bool(keys.check(key=key)) for key in made] == [True, True, False]


def test_an_account_has_twenty_keys_at_most(signed_in, account):
    """Revoking one makes room."""
    made = [keys.create(name=f"program {n}", account_id=account.pk) for n in range(keys.MOST_KEYS)]
    assert signed_in.post("/account/keys", {"name": "one more"}).status_code == 400
    keys.revoke_of(account_id=account.pk, key_id=keys.check(key=made[0]).id)
    _make_key(signed_in, "one more")


# --- what is kept, and what goes --------------------------------------------------------------------------------------


def test_my_data_are_all_that_is_kept(signed_in, account):
    """The account, its addresses, keys and sessions; of secrets, that there are some."""
    key = _make_key(signed_in, "regional dashboard")
    answer = signed_in.get("/account/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    kept = json.loads(answer.content)
    assert kept["account"]["email"] == EMAIL
    assert kept["account"]["password"] == "not shown: a secret or its hash"
    assert [found["name"] for found in kept["API keys"]] == ["regional dashboard"]
    assert kept["sessions"]
    text = answer.content.decode()
    assert key not in text
    assert account.password not in text
    assert ApiKey.objects.get().digest not in text


def test_no_table_is_forgotten(account):
    """Every table that refers to accounts is shown, one that is added later too; so is every field but secrets."""
    related = {relation.related_model for relation in Account._meta.related_objects}
    assert ApiKey in related
    assert Authenticator in related
    Authenticator.objects.create(user=account, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    kept = accounts.kept_about(account_id=account.pk)
    found = next(rows for name, rows in kept.items() if "authenticator" in name.lower())
    assert "JBSWY3DPEHPK3PXP" not in str(kept)
    assert set(found[0]) == {field.name for field in Authenticator._meta.concrete_fields}


def test_a_deleted_account_leaves_nothing(signed_in, account, mails):
    """After showing once more that it is you: no row of any table holds the address, and the session is over."""
    _make_key(signed_in, "a program")
    _again(signed_in, "/account/delete")
    assert signed_in.get("/account/delete").status_code == 200
    assert "Your account is deleted" in signed_in.post("/account/delete").content.decode()
    assert signed_in.get("/account").status_code == 302
    assert EMAIL not in _whole_database()


def test_deleting_takes_more_than_a_session(visitor, account):
    """An open browser is not enough once a few minutes have passed."""
    sign_in(visitor, account)
    answer = visitor.post("/account/delete")
    assert answer.status_code == 302
    assert answer.url.startswith("/account/again")
    assert Account.objects.exists()


def _whole_database():
    from django.apps import apps  # noqa: PLC0415

    return str([[*model._base_manager.values()] for model in apps.get_models(include_auto_created=True)])


def test_administrators_notes_forget_as_well(account):
    """What an administrator did to an account is told without its address once it is gone."""
    from django.contrib.admin.models import CHANGE, LogEntry  # noqa: PLC0415

    administrator = accounts.of_role(role=Role.ADMINISTRATOR)
    LogEntry.objects.log_actions(administrator.pk, [account], CHANGE, f"closed {EMAIL}", single_object=True)
    accounts.delete(account_id=account.pk)
    assert LogEntry.objects.count() == 1
    assert EMAIL not in _whole_database()


def test_what_nobody_confirmed_is_forgotten(visitor, mails):
    """After three days, and not before; confirmed accounts stay."""
    _register(visitor)
    accounts.of_role(role=Role.ANALYST)
    accounts.forget_what_is_past()
    assert Account.objects.count() == 2
    Account.objects.update(created=timezone.now() - timedelta(days=4))
    accounts.forget_what_is_past()
    assert [found.roles for found in Account.objects.all()] == [{Role.ANALYST}]


# --- two steps --------------------------------------------------------------------------------------------------------


def _code(secret, later=0):
    counter = list(yield_hotp_counters_from_time())[1] + later
    return format_hotp_value(hotp_value(secret, counter))


def _turn_on(client):
    _again(client, "/account/two-step/turn-on")
    page = client.get("/account/two-step/turn-on").content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)[1]
    client.post("/account/two-step/turn-on", {"code": _code(secret)})
    return secret


def test_two_steps_ask_for_a_code_that_works_once(signed_in, account):
    """The password alone no longer signs in; a code does, and never twice."""
    secret = _turn_on(signed_in)
    code = _code(secret, later=1)
    fresh = Client(SERVER_NAME="localhost")
    assert _sign_in(fresh).url == "/account/two-step/code"
    assert fresh.get("/account").status_code == 302
    assert "The code is wrong" in fresh.post("/account/two-step/code", {"code": "000000"}).content.decode()
    assert fresh.post("/account/two-step/code", {"code": code}).url == "/account"
    again = Client(SERVER_NAME="localhost")
    _sign_in(again)
    assert again.post("/account/two-step/code", {"code": code}).status_code == 200


def test_recovery_codes_work_once_each(signed_in, account):
    """Ten of them, for the day the telephone is lost."""
    _turn_on(signed_in)
    text = signed_in.get("/account/two-step/recovery.txt").content.decode()
    found = re.findall(r"^\d{8}$|^\d{4} ?\d{4}$", text, re.MULTILINE)
    assert len(found) == 10
    fresh = Client(SERVER_NAME="localhost")
    _sign_in(fresh)
    assert fresh.post("/account/two-step/code", {"code": found[0]}).url == "/account"
    again = Client(SERVER_NAME="localhost")
    _sign_in(again)
    assert again.post("/account/two-step/code", {"code": found[0]}).status_code == 200


def test_the_secret_of_a_second_factor_is_kept_encrypted(signed_in):
    """Whoever finds the database cannot make codes."""
    secret = _turn_on(signed_in)
    assert secret not in str([*Authenticator.objects.values()])


def test_the_picture_of_the_secret_needs_no_exception(signed_in):
    """It is drawn in the page: no style, no script, no address of data."""
    _again(signed_in, "/account/two-step/turn-on")
    answer = signed_in.get("/account/two-step/turn-on")
    page = answer.content.decode()
    assert "<svg" in page
    assert not re.search(r'style="|<style|data:|javascript:', page)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_two_steps_can_be_turned_off_for_the_site(signed_in, account, settings):
    """Then nobody is asked, and the pages are not there."""
    _turn_on(signed_in)
    settings.STATLAS = replace(settings.STATLAS, two_factor="off")
    assert _sign_in(Client(SERVER_NAME="localhost")).url == "/account"
    assert signed_in.get("/account/two-step").status_code == 404


def test_attempts_are_forgotten(visitor, account):
    """The cache that counts them holds nothing for longer than an hour."""
    _sign_in(visitor, password="wrong wrong wrong")
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(expires) FROM attempts")
        (last,) = cursor.fetchone()
    latest = last if hasattr(last, "year") else timezone.datetime.fromisoformat(last)
    latest = latest if latest.tzinfo else latest.replace(tzinfo=timezone.get_default_timezone())
    assert latest <= timezone.now() + timedelta(hours=1, minutes=1)
    assert cache
