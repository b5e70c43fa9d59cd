"""``statlas publish``, ``statlas release`` and ``statlas organisation``: what they print, and how they end."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fake_clock import FakeClock
from homes import write_definition, write_records
from typer.testing import CliRunner

from statlas.cli import app, site
from statlas.model import finding as findings
from statlas.model.release import ReleaseKind
from statlas.service import tables
from statlas.service.keeper import asking
from statlas.service.office import keeper_line
from statlas.service.tables import drafting

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def _files(tmp_path_factory):
    made = tmp_path_factory.mktemp("clubs")
    write_definition(made)
    for month in ("202501", "202502"):
        write_records(made / f"{month}.csv", months=(month,), n=300)
    return made


@pytest.fixture
def folder(_files, tmp_path, monkeypatch):
    """The current folder: a definition and records of two months; the site's database is that of the test."""
    for file in _files.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("statlas.cli.site.prepare_site", lambda home, **_given: tables.open_home(home).create())
    return tmp_path


@pytest.fixture
def office(folder):
    """A home with a producer, an approver and an administrator of the first organisation."""
    for email, role in (("amina", "producer"), ("ben", "approver"), ("cleo", "administrator")):
        run(folder, "organisation", "add", f"{email}@example.org", role, "--new")
    return folder


def run(folder, *arguments, code=0, **environment):
    """What a command prints, on both outputs."""
    done = CliRunner(env=environment).invoke(app, [*map(str, arguments), "--home", str(folder / "home")])
    assert done.exit_code == code, done.output
    return done.output


AMINA, BEN = ("--as", "amina@example.org"), ("--as", "ben@example.org")


def test_a_release_goes_its_way_and_is_given_up(office):
    """From the draft to its minute and back, each step by whom it is for, told in a line; nothing of it is public."""
    folder = office
    drafted = run(folder, "publish", "clubs.yaml", "202501.csv", *AMINA)
    assert "Release 1 of clubs is a draft, version 1.0.0:\n  new: 202501\n" in drafted
    digest = re.search("digest ([0-9a-f]{64})", drafted)[1]
    assert digest in run(folder, "release", "show", "clubs", *AMINA)
    again = run(folder, "publish", "clubs.yaml", "202502.csv", *AMINA, code=2)
    assert "Release 1 of clubs is under way: amina@example.org prepared it." in again
    assert "Findings without a reason" not in run(folder, "release", "check", "clubs", STATLAS_AS="amina@example.org")
    assert "it takes the role approver" in run(folder, "release", "approve", "clubs", "--reason", "x", *AMINA, code=4)
    assert "No reason is given." in run(folder, "release", "approve", "clubs", *BEN, code=2)
    assert run(folder, "release", "approve", "clubs", "--reason", "Right.", *BEN).startswith(
        "clubs\trelease 1\tapproved"
    )
    schedule = ("release", "schedule", "clubs", "--on", "2031-05-13", *BEN)
    assert "2031-05-13 09:30 London" in run(folder, *schedule, "--title", "Clubs")
    granted = run(
        folder, "release", "access", "clubs", "--grant", "cleo@example.org", "--name", "Cleo", "--post", "Press", *BEN
    )
    assert granted == "Cleo\tPress\tcleo@example.org\tmay read it\n"
    assert "taken back" in run(folder, "release", "access", "clubs", "--revoke", "cleo@example.org", *BEN)
    assert "Wait until it is public" in run(folder, "release", "restore", "clubs", "1", "--reason", "x", *BEN, code=2)
    run(folder, "release", "unschedule", "clubs", "--reason", "Late.", *AMINA)
    run(folder, "release", "send-back", "clubs", "--reason", "Look again.", *BEN)
    assert run(folder, "release", "list", *BEN) == "clubs\trelease 1\tdraft\tamina@example.org\n"
    assert not (folder / "home" / "databases" / "clubs" / "releases").exists()
    run(folder, "release", "discard", "clubs", "--reason", "Given up.", *AMINA)
    assert "Nothing is under way" in run(folder, "release", "list", *BEN)
    assert not list((folder / "home" / "sealed").iterdir())
    acts = run(folder, "audit", "list", "--action", "release", "--json").splitlines()
    told = [json.loads(line)["action"].removeprefix("release.") for line in acts]
    assert told == [
        "begin", "check", "approve", "schedule", "grant-access", "revoke-access", "unschedule", "send-back", "discard",
    ]  # fmt: skip


def test_who_acts_is_said(folder):
    """A command without an account, or with one that is not there, says how to name one; so does a first publish."""
    assert "Name your account with --as" in run(folder, "release", "list", code=4)
    assert "--as EMAIL" in run(folder, "publish", "clubs.yaml", "202501.csv", code=4)
    assert "No account in use" in run(folder, "release", "list", "--as", "nobody@example.org", code=4)


def test_another_organisations_database_is_unknown(office):
    """Whatever the command; the producer of the other one sees its own alone."""
    folder = office
    run(folder, "organisation", "register", "parks", "Parks")
    run(folder, "organisation", "claim", "parks", "--database", "fairs")
    run(folder, "organisation", "add", "dora@example.org", "producer", "--organisation", "parks", "--new")
    dora = ("--as", "dora@example.org")
    definition = (folder / "clubs.yaml").read_text().replace("id: clubs", "id: fairs", 1)
    (folder / "fairs.yaml").write_text(definition)
    for arguments in (("release", "show", "clubs"), ("publish", "clubs.yaml", "202501.csv")):
        assert "'clubs' is not a database of your organisation." in run(folder, *arguments, *dora, code=2)
    unknown = run(folder, "publish", "fairs.yaml", "202501.csv", *AMINA, code=2)
    assert "'fairs' is not a database of your organisation." in unknown
    assert "Nothing is under way" in run(folder, "release", "list", "--all", *dora)
    run(folder, "organisation", "remove", "dora@example.org", "producer", "--organisation", "parks")
    assert "dora" not in run(folder, "organisation", "list")
    assert "no role" in run(folder, "organisation", "add", "x@example.org", "king", "--new", code=2)


def test_a_policy_of_another_organisation_protects_no_other_database(office):
    """A draft that names it is refused before records are read; presets are everybody's."""
    folder = office
    (folder / "strict.yaml").write_text('statlas_policy: "1"\nname: strict\nversion: 1\npreset: strong\n')
    definition = (folder / "clubs.yaml").read_text()
    (folder / "clubs.yaml").write_text(definition.replace("policy: standard", "policy: strict.yaml"))
    run(folder, "organisation", "register", "parks", "Parks")
    assert "everybody's" in run(folder, "organisation", "claim", "parks", "--policy", "standard", code=2)
    run(folder, "organisation", "claim", "parks", "--policy", "strict")
    refused = run(folder, "publish", "clubs.yaml", "nowhere.csv", *AMINA, code=4)
    assert "The policy 'strict' is another organisation's" in refused
    assert "Parks" not in refused
    assert not list((folder / "home").glob("sealed/*"))
    run(folder, "organisation", "claim", "default", "--policy", "strict")
    assert "is a draft" in run(folder, "publish", "clubs.yaml", "202501.csv", *AMINA)


def test_at_once_only_where_it_is_wanted(folder):
    """A home that ``--now`` makes wants it, and the log has a line a step, each at once; another home refuses."""
    assert "the checks found nothing that needs a reason" in run(folder, "publish", "clubs.yaml", "202501.csv", "--now")
    assert json.loads((folder / "home" / "home.json").read_text())["immediate"] is True
    told = run(folder, "audit", "list", "--action", "release", "--json").splitlines()
    lines = [json.loads(line) for line in told]
    steps = ["begin", "check", "approve", "schedule", "open"]
    assert [line["action"] for line in lines] == [f"release.{step}" for step in steps]
    assert {line["subject"] for line in lines} == {"clubs release 1"}
    assert len({line["actor"] for line in lines}) == 1
    assert all(line["details"]["at_once"] for line in lines)
    assert [line["details"]["after"] for line in lines] == ["draft", "checked", "approved", "scheduled", "public"]
    assert run(folder, "home", "immediate", "off", "--reason", "Two of us now.").startswith("off:")
    refused = run(folder, "publish", "clubs.yaml", "202502.csv", "--now", code=2)
    assert "nothing at once" in refused
    assert len(run(folder, "audit", "list", "--action", "release", "--json").splitlines()) == len(steps)
    mend = re.search("`statlas (home immediate on) --home [^`]+`", " ".join(refused.split()))[1]
    assert run(folder, *mend.split()).startswith("on:")
    assert run(folder, *mend.split()).startswith("on:")
    assert run(folder, "home", "immediate").startswith("on:")
    assert "Release 2" in run(folder, "publish", "clubs.yaml", "202502.csv", "--now", "--accept-findings", "Chance.")
    told = [json.loads(line) for line in run(folder, "audit", "list", "--action", "home", "--json").splitlines()]
    assert [(one["details"]["immediate"], one["reason"]) for one in told] == [
        ("on", "Its first release is published at once."),
        ("off", "Two of us now."),
        ("on", ""),
    ]


def test_at_once_stops_at_what_needs_a_reason(folder):
    """As a draft is not checked before: what was found is told in words; with a reason it goes on, and the log says."""
    run(folder, "publish", "clubs.yaml", "202501.csv", "--now")
    lines = (folder / "202502.csv").read_text().splitlines(keepends=True)
    (folder / "few.csv").write_text("".join(lines[:40]))
    refused = run(folder, "publish", "clubs.yaml", "few.csv", "--now", code=2)
    n = int(re.search(r"the checks found (\d+) thing", refused)[1])
    assert "Printed before:" in refused
    assert re.search(f"{n} findings? needs? a reason, so nothing was published", refused)
    assert not (folder / "home" / "databases" / "clubs" / "releases" / "2").exists()
    assert len(run(folder, "audit", "list", "--action", "release", "--json").splitlines()) == 5
    accepted = ("--accept-findings", "Most clubs report late.")
    assert "Findings are accepted with --now" in run(folder, "publish", "clubs.yaml", "few.csv", *accepted, code=2)
    said = run(folder, "publish", "clubs.yaml", "few.csv", "--now", *accepted)
    assert "Release 2 of clubs answers now:" in said
    assert f"the checks found {n} thing" in said
    log = [json.loads(line) for line in run(folder, "audit", "list", "--action", "release", "--json").splitlines()][5:]
    assert [line["action"].partition(".")[2] for line in log] == [
        "begin", "accept", "check", "approve", "schedule", "open",
    ]  # fmt: skip
    assert [line["reason"] for line in log[1:3]] == ["Most clubs report late."] * 2
    assert [line["details"]["need_a_reason"] for line in log[1:3]] == [str(n)] * 2
    kept = tables.open_home(folder / "home").reports("clubs", "2")
    assert len(findings.from_json(kept).to_answer) == n
    run(folder, "organisation", "add", "ben@example.org", "approver", "--new")
    assert "Are the figures right?" in run(folder, "release", "show", "clubs", "2", "--reports", *BEN)
    assert (folder / "home" / "databases" / "clubs" / "releases" / "2" / "reports.json").stat().st_mode & 0o77 == 0
    assert run(folder, "verify") == "Every file is there and as it was published.\n"


def test_a_plan_is_proposed_for_a_draft_that_lies_sealed(office, monkeypatch):
    """The keeper opens it for its own people alone; where it does not run, that is said, and a draft is not written."""
    folder = office
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=folder / "clubs.yaml", records=[folder / "202501.csv"])
    text = (folder / "clubs.yaml").read_text()
    (folder / "clubs.yaml").write_text(text.replace("S: South", "Z: South").replace("parent: S", "parent: Z"))
    run(folder, "publish", "clubs.yaml", "202501.csv", *AMINA)
    asked = ("release", "map", "clubs", *AMINA)
    assert "The keeper of releases does not answer" in run(folder, *asked, code=5)
    line = asking.Line(home, FakeClock(datetime.now(UTC)))

    def ask(*, home, act, account, release):
        assert act == "database"
        return line._answer(asking.Question(act, account, release, {}), [])

    monkeypatch.setattr(keeper_line, "ask", ask)
    assert "AREA COUNTY:S South -> Z South" in run(folder, *asked)
    assert "COUNTY:S" in run(folder, *asked, "--out", "-")
    assert "A draft is sealed and cannot be written to." in run(folder, *asked, "--write", code=2)
    run(folder, "organisation", "register", "parks", "Parks")
    run(folder, "organisation", "add", "dora@example.org", "producer", "--organisation", "parks", "--new")
    assert "'clubs' is not a database of your organisation." in run(
        folder, "release", "map", "clubs", "--as", "dora@example.org", code=2
    )


def test_at_once_asks_whose_the_policy_is(office, monkeypatch):
    """Where a site was, as for a draft: before records are read, and nothing is left behind."""
    folder = office
    monkeypatch.setattr("statlas.cli.site.has_site", lambda _home: True)
    (folder / "strict.yaml").write_text('statlas_policy: "1"\nname: strict\nversion: 1\npreset: strong\n')
    definition = (folder / "clubs.yaml").read_text()
    (folder / "clubs.yaml").write_text(definition.replace("policy: standard", "policy: strict.yaml"))
    run(folder, "organisation", "register", "parks", "Parks")
    run(folder, "organisation", "claim", "parks", "--policy", "strict")
    refused = run(folder, "publish", "clubs.yaml", "nowhere.csv", "--now", code=4)
    assert "The policy 'strict' is another organisation's" in refused
    assert not list((folder / "home").glob("databases/*"))
    assert not tables.open_home(folder / "home").immediate
    run(folder, "organisation", "claim", "default", "--policy", "strict")
    assert "answers now" in run(folder, "publish", "clubs.yaml", "202501.csv", "--now")


@pytest.mark.parametrize(("url", "has"), [("", False), ("postgresql://a:b@localhost/c", True)])
def test_a_home_has_a_site_where_its_database_is(tmp_path, monkeypatch, url, has):
    """In the home, or where the environment says; a folder that is no home has none."""
    monkeypatch.setenv("DATABASE_URL", url)
    assert not site.has_site(tmp_path)
    home = tables.open_home(tmp_path).create()
    assert site.has_site(home.path) is has
    (tmp_path / "site.sqlite3").touch()
    assert site.has_site(home.path)


def test_at_once_into_a_home_without_a_release(folder):
    """A home that a site or a key made first is asked nothing more."""
    run(folder, "key", "create", "a program")
    assert "Release 1 of clubs answers now" in run(folder, "publish", "clubs.yaml", "202501.csv", "--now")
    assert json.loads((folder / "home" / "home.json").read_text()) == {"format": 1, "immediate": True}


def test_at_once_never_beside_a_draft(office):
    """A release under way would become stale; it is to be brought to its end first."""
    folder = office
    run(folder, "publish", "clubs.yaml", "202501.csv", *AMINA)
    home = folder / "home" / "home.json"
    kept = home.read_text()
    home.write_text('{"format": 1, "immediate": true}\n')
    refused = run(folder, "publish", "clubs.yaml", "202502.csv", "--now", code=2)
    home.write_text(kept)
    assert "under way: amina@example.org prepared it." in refused
    run(folder, "release", "discard", "clubs", "--reason", "Done.", *AMINA)


def test_what_was_published_at_once_can_be_withdrawn(folder):
    """The office learns of it by itself; a number is needed; a proof says that nothing was announced."""
    run(folder, "publish", "clubs.yaml", "202501.csv", "--now")
    run(folder, "organisation", "add", "ben@example.org", "approver", "--new")
    assert "published at once" in run(folder, "release", "prove", "clubs", "1", code=2)
    assert "public" in run(folder, "release", "list", "--all", *BEN)
    done = run(folder, "release", "withdraw", "clubs", "1", "--reason", "A town is wrong.", *BEN)
    assert done.startswith("clubs\trelease 1\twithdrawn")
    assert (folder / "home" / "databases" / "clubs" / "notices" / "1.json").exists()
    assert "restored" in run(folder, "release", "restore", "clubs", "1", "--reason", "It was right.", *BEN)
    assert run(folder, "release", "repair") == "Nothing differs.\n"


def test_a_draft_without_a_row_is_adopted(office):
    """As a crash between sealing and the row leaves it: `repair` says what to do, and who sealed it stays preparer."""
    folder = office
    drafting.draft(
        home=tables.open_home(folder / "home"),
        definition=folder / "clubs.yaml",
        records=[folder / "202501.csv"],
        kind=ReleaseKind.CORRECTION,
        note="Towns were swapped.",
        by="ben@example.org",
    )
    said = run(folder, "release", "repair")
    draft = re.search("statlas release adopt ([0-9a-f]+)", said)[1]
    assert "ben@example.org" in run(folder, "release", "adopt", draft, *AMINA)
    shown = run(folder, "release", "show", "clubs", *AMINA)
    assert "kind: correction\n  version: 1.0.0\n  note: not known, the keeper does not answer\n" in shown
    assert "does not answer" in run(folder, "release", "check", "clubs", *AMINA, code=5)
    run(folder, "release", "discard", "clubs", "--reason", "Done.", *AMINA)


@pytest.mark.parametrize("knows", [True, False], ids=["another's", "unknown"])
def test_an_adopted_draft_is_not_checked_under_a_policy_that_it_may_not_have(office, monkeypatch, knows):
    """Nobody asked when it was sealed: it is asked before it goes on, and what may not go on is discarded."""
    folder, home = office, tables.open_home(office / "home")
    (folder / "strict.yaml").write_text('statlas_policy: "1"\nname: strict\nversion: 1\npreset: strong\n')
    definition = (folder / "clubs.yaml").read_text()
    (folder / "clubs.yaml").write_text(definition.replace("policy: standard", "policy: strict.yaml"))
    drafting.draft(home=home, definition=folder / "clubs.yaml", records=[folder / "202501.csv"], by="ben@example.org")
    run(folder, "organisation", "register", "parks", "Parks")
    run(folder, "organisation", "claim", "parks", "--policy", "strict")
    [sealed] = drafting.drafts(home=home)
    run(folder, "release", "adopt", sealed.draft_id, *AMINA)
    monkeypatch.setattr("statlas.service.office.keeper_line.ask", _nobody_is_asked)
    if not knows:
        monkeypatch.setattr(drafting, "drafts", lambda **_home: (replace(sealed, policy=""),))
    for arguments in (("check", "clubs"), ("accept", "clubs", "0" * 16, "--reason", "Right.")):
        refused = run(folder, "release", *arguments, *AMINA, code=4 if knows else 2)
        assert ("another organisation's" if knows else "not known under which policy") in refused
    run(folder, "release", "discard", "clubs", "--reason", "Not ours.", *AMINA)
    assert not list((folder / "home" / "sealed").iterdir())


def _nobody_is_asked(**_facts):
    raise AssertionError("the keeper is asked")
