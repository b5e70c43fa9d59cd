"""Sending a release: what is taken, what is refused and in which words, and that nothing of it stays behind."""

import errno
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django_tasks_db.models import DBTaskResult
from visiting import visit

from statlas.errors import KeeperGoneError
from statlas.model.release import DraftFacts, ReleaseKind
from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import State
from statlas.office.uploads.models import State as Sending
from statlas.office.uploads.models import Upload
from statlas.service import tables
from statlas.service.keeper import drafts
from statlas.service.keeper import uploads as opening
from statlas.service.office import keeper_line, keeper_schedule, organisations
from statlas.service.office.actors import Actor
from statlas.service.office.jobs import working
from statlas.service.office.organisations import Role
from statlas.service.office.releases import acting
from statlas.service.office.uploads import opening as waiting
from statlas.service.office.uploads import running
from statlas.service.tables import drafting
from statlas.store import sealing, upload_sealing, vault
from statlas.store.upload_files import UploadFiles

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

DEFINITION = """\
statlas: 1
id: pens
label: Pensions
unit: person
licence: OGL-UK-3.0
policy: standard
records: {table: PENS, label: People with a pension}
date: {id: MONTH, label: Month, column: month, frequency: month}
fields:
  - id: AREA
    label: Area
    column: area
    levels: [{id: L_AREA, label: Area, codes: area.csv}]
"""
CODES = "code,label\nN,North\nS,South\n"


def records(month, n=400):
    """So many records of a month."""
    return "month,area\n" + "".join(f"{month},{'NS'[row % 3 == 0]}\n" for row in range(n))


def sent(text, name):
    """A file of a form."""
    return SimpleUploadedFile(name, text.encode())


@pytest.fixture(autouse=True)
def keeper(monkeypatch):
    """A keeper that opens uploads, in this process; over its line it does so in the tests of the line."""

    def take(*, home, account, upload):
        keeper_schedule.require_being_read(account_id=account, upload_id=upload)
        numbers = []
        return dict(zip(json.loads(opening.opened(home, upload, numbers)), numbers, strict=True))

    monkeypatch.setattr(keeper_line, "take", take)


@pytest.fixture
def office(tmp_path, settings):
    """A home without a database; a producer, an approver, and somebody without a role."""
    home = tables.open_home(tmp_path / "home").create()
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    boss = Account.objects.create_superuser("boss@example.org")
    who = ("producer", "approver", "nobody")
    people = {name: account_queries.make(f"{name}@example.org", None, None) for name in who}
    organisations.register(home=home, slug="pensions", name="Pensions", actor=Actor.of_account(boss))
    organisations.claim(home=home, slug="pensions", actor=Actor.of_account(boss), database_id="pens")
    for role in (Role.PRODUCER, Role.APPROVER):
        address = people[role.value].email
        organisations.add_member(home=home, slug="pensions", email=address, role=role, actor=Actor.of_account(boss))
    return SimpleNamespace(home=home, **people)


def send(client, *, to="/work/send", month="202501", definition=DEFINITION, **said):
    """Send a release."""
    files = {"records": [sent(records(month), "records.csv")]} if month else {}
    if definition:
        files["definition"] = [sent(definition, "pens.yaml"), sent(CODES, "area.csv")]
    return client.post(to, {**files, **said, "whole": "yes"})


def run(answer):
    """Do what the worker does with what was taken; the upload afterwards."""
    assert answer.status_code == 303, answer.content.decode()
    upload_id = answer.url.rpartition("/")[2]
    running.run(upload_id)
    return Upload.objects.get(pk=upload_id)


def kept(office):
    """Names of whatever lies among the uploads."""
    folder = UploadFiles(office.home.path).folder
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


# --- what is refused --------------------------------------------------------------------------------------------------


def test_who_is_no_producer_sends_nothing(office, monkeypatch):
    """Whatever they send, and before a byte of it is kept."""

    def no_file(*_asked):
        raise AssertionError("a file is kept")

    monkeypatch.setattr(UploadFiles, "create", no_file)
    for who in (office.nobody, office.approver):
        answer = send(visit(who))
        assert answer.status_code == 403
        assert visit(who).get("/work/send").status_code == 403
        assert not Upload.objects.exists()
        assert kept(office) == []
    assert visit().post("/work/send", {}).url.startswith("/account/sign-in")


def test_a_definition_of_another_organisation_is_not_taken(office):
    """The id decides, whatever page it was sent on; nothing is told of the other database."""
    answer = send(visit(office.producer), definition=DEFINITION.replace("id: pens", "id: hb_new"))
    assert answer.status_code == 400
    assert "not a database of your organisation" in answer.content.decode()
    assert kept(office) == []


def test_a_policy_of_another_organisation_is_not_taken(office):
    """Neither when it is sent, nor when it is claimed before its turn comes."""
    boss = Actor.of_account(Account.objects.get(email="boss@example.org"))
    policy = sent('statlas_policy: "1"\nname: strict\nversion: 1\npreset: strong\n', "strict.yaml")
    definition = sent(DEFINITION.replace("policy: standard", "policy: strict.yaml"), "pens.yaml")
    organisations.register(home=office.home, slug="parks", name="Parks", actor=boss)

    def post():
        for one in (policy, definition):
            one.seek(0)
        files = {"definition": [definition, sent(CODES, "area.csv"), policy]}
        files["records"] = [sent(records("202501"), "records.csv")]
        return visit(office.producer).post("/work/send", {**files, "whole": "yes"})

    waiting = post()
    organisations.claim(home=office.home, slug="parks", actor=boss, policy="strict")
    refused = post()
    assert refused.status_code == 403
    assert "is another organisation" in refused.content.decode()
    made = run(waiting)
    assert made.state == Sending.FAILED
    assert "'strict' is another organisation's" in made.problem["detail"]
    assert drafting.drafts(home=office.home) == ()


def test_every_fault_of_a_definition_is_told_at_once(office):
    """With its line, by the names that were sent and none of the server's."""
    wrong = DEFINITION.replace("frequency: month", "frequency: fortnight").replace("unit: person", "unit: ''")
    answer = send(visit(office.producer), definition=wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "pens.yaml" in page
    assert "Every fault that was found" in page
    assert str(office.home.path) not in page
    assert kept(office) == []


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({}, 400),
        ({"records": [("records.csv", "a")]}, 400),
        ({"definition": [("area.csv", CODES)]}, 400),
        ({"definition": [("a.yaml", DEFINITION), ("b.yaml", DEFINITION)]}, 400),
        ({"definition": [("pens.yaml", DEFINITION)]}, 422),
        ({"definition": [("pens.yaml", "\x00\x01")]}, 422),
        ({"definition": [("pens.yaml", DEFINITION), ("area.csv", CODES), ("area.csv", CODES)]}, 400),
        ({"definition": [("pens.exe", DEFINITION)]}, 400),
        ({"definition": [("-.yaml", DEFINITION)]}, 400),
        ({"other": [("pens.yaml", DEFINITION)]}, 400),
    ],
)
def test_what_is_no_release_is_refused_in_words(office, files, status):
    """And nothing of it stays."""
    form = {heap: [sent(text, name) for name, text in some] for heap, some in files.items()}
    answer = visit(office.producer).post("/work/send", {**form, "whole": "yes"})
    assert answer.status_code == status
    assert "There is a problem" in answer.content.decode()
    assert kept(office) == []
    assert not Upload.objects.exists()


def test_a_definition_reads_no_file_outside_its_folder(office):
    """Nor one of the server's by its path."""
    for name in ("../../secrets/noise.v1.key", "/etc/passwd"):
        answer = send(visit(office.producer), definition=DEFINITION.replace("area.csv", name))
        assert answer.status_code == 422
        assert "root:" not in answer.content.decode()


@pytest.mark.parametrize(
    "said", [{"kind": "correction"}, {"kind": "nonsense"}, {"agreed": "Why"}, {"agreed_by": "Who"}]
)
def test_what_is_said_of_a_release_has_to_be_whole(office, said):
    """A correction says what was wrong; an agreement has a name and a reason."""
    answer = send(visit(office.producer), **said)
    assert answer.status_code == 400
    assert kept(office) == []


def test_faults_of_records_are_told_on_the_page_of_the_upload_and_nothing_stays(office):
    """By file, column and row, and by no value."""
    client = visit(office.producer)
    definition = [sent(DEFINITION, "pens.yaml"), sent(CODES, "area.csv")]
    bad = sent("month,area\n202501,N\n202501,SECRET\n", "May (late).csv")
    answer = client.post("/work/send", {"definition": definition, "records": [bad], "whole": "yes"})
    assert run(answer).state == Sending.FAILED
    page = client.get(answer.url).content.decode()
    assert "May (late).csv" in page
    assert "column" in page
    assert "SECRET" not in page
    assert str(office.home.path) not in page
    assert kept(office) == []
    assert not ReleaseRow.objects.exists()


def test_an_upload_is_its_senders_alone(office):
    """Another member of the organisation does not find its page."""
    answer = send(visit(office.producer))
    assert visit(office.producer).get(answer.url).status_code == 200
    for who in (office.approver, office.nobody):
        assert visit(who).get(answer.url).status_code == 404


def test_not_more_than_a_few_wait_of_one_sender(office):
    """A producer cannot fill the disk by pressing a button."""
    client = visit(office.producer)
    for _ in range(3):
        assert send(client).status_code == 303
    assert send(client).status_code == 400
    assert len(kept(office)) == 3


# --- what is taken ----------------------------------------------------------------------------------------------------


def test_what_is_sent_becomes_a_sealed_draft_and_goes(office):
    """The row names who prepared it; nothing is public, and the files are gone."""
    client = visit(office.producer)
    answer = send(client, note="The first figures.")
    assert "The first figures." not in str([*Upload.objects.values()]), (
        "what a database forgets can be read from its log"
    )
    upload = run(answer)
    assert upload.state == Sending.DONE
    row = ReleaseRow.objects.get(pk=upload.release)
    assert (row.database, row.release, row.state) == ("pens", "1", State.DRAFT)
    assert (row.prepared_by, row.note) == (office.producer.email, "")
    drafts.Ready(office.home).look()
    assert drafts.note(office.home, row.draft_id) == b"The first figures."
    assert [one.draft_id for one in drafting.drafts(home=office.home)] == [row.draft_id]
    assert kept(office) == []
    assert office.home.databases() == ()
    page = client.get(f"/work/sent/{upload.pk}").content.decode()
    assert f"/work/releases/{row.pk}" in page
    outside = [path for path in office.home.path.rglob("*") if path.is_file() and "keeper" not in path.parts]
    assert not any(word in path.read_bytes() for path in outside for word in (b"month,area", b"The first figures."))


def test_a_full_disk_takes_no_note(office, monkeypatch):
    """It is said, and nothing of the upload is left."""
    real = Path.open

    def open_(path, *asked, **how):
        if path.name == "note":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *asked, **how)

    monkeypatch.setattr(Path, "open", open_)
    answer = send(visit(office.producer), note="The first figures.")
    assert answer.status_code >= 500
    assert "what was sent was not taken" in answer.content.decode()
    assert (kept(office), Upload.objects.count()) == ([], 0)


def test_a_second_release_keeps_the_definition_of_the_first(office, tmp_path):
    """Only records are sent; a database of which one is under way takes no other."""
    client = visit(office.producer)
    for name, text in (("pens.yaml", DEFINITION), ("area.csv", CODES), ("records.csv", records("202501"))):
        (tmp_path / name).write_text(text)
    tables.publish(home=office.home, definition=tmp_path / "pens.yaml", records=[tmp_path / "records.csv"])
    to = "/work/databases/pens/send"
    nothing = client.post(to, {"whole": "yes"})
    assert nothing.status_code == 400, "not queued to be told later that nothing has changed"
    assert "No file is chosen." in nothing.content.decode()
    assert "Choose none to keep the definition of release 1." in client.get(to).content.decode()
    upload = run(send(client, to=to, month="202502", definition=""))
    assert upload.state == Sending.DONE, upload.problem
    assert ReleaseRow.objects.get(pk=upload.release).release == "2"
    answer = send(client, to=to, month="202503", definition="")
    assert answer.status_code == 409
    assert "is under way" in answer.content.decode()
    assert kept(office) == []


def test_a_revision_is_one_by_itself_and_a_correction_is_said(office, tmp_path):
    """Kinds as readers will be told."""
    for name, text in (("pens.yaml", DEFINITION), ("area.csv", CODES), ("records.csv", records("202501"))):
        (tmp_path / name).write_text(text)
    tables.publish(home=office.home, definition=tmp_path / "pens.yaml", records=[tmp_path / "records.csv"])
    client, to = visit(office.producer), "/work/databases/pens/send"
    for said, kind in (({}, ReleaseKind.REVISION), ({"kind": "correction", "note": "Wrong."}, ReleaseKind.CORRECTION)):
        files = {"records": [sent(records("202501", 500), "r.csv")]}
        upload = run(client.post(to, {**files, **said, "whole": "yes"}))
        row = ReleaseRow.objects.get(pk=upload.release)
        assert row.kind == kind.value
        acting.discard(home=office.home, release_id=row.pk, actor=Actor.of_account(office.producer), reason="Again.")


def test_large_files_never_lie_in_memory_or_in_a_folder_of_the_system(office, monkeypatch, tmp_path):
    """They go to the home as they come."""

    def no_file(*_args, **_kwargs):
        raise AssertionError("a file outside the home")

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", no_file)
    monkeypatch.setattr("django.core.files.uploadhandler.BytesIO", no_file)
    large = BytesIO(records("202501", 400_000).encode())
    large.name = "large.csv"
    definition = [sent(DEFINITION, "pens.yaml"), sent(CODES, "area.csv")]
    answer = visit(office.producer).post("/work/send", {"definition": definition, "records": [large], "whole": "yes"})
    assert answer.status_code == 303
    upload_id = answer.url.rpartition("/")[2]
    found = UploadFiles(office.home.path).heap(upload_id, "records") / "large.csv"
    assert pyrage.decrypt(found.read_bytes(), [vault.identity(office.home.path)]) == (
        upload_sealing.head(upload_id) + large.getvalue()
    )


# --- nothing lies open ------------------------------------------------------------------------------------------------


def files_with(home, text):
    """Names of files of a home that hold a text."""
    return [path.name for path in home.path.rglob("*") if path.is_file() and text in path.read_bytes()]


def test_records_lie_sealed_from_the_first_byte_to_the_last(office, monkeypatch):
    """While they come, while they wait and when whoever reads them is killed: no file has them as they were sent."""
    create, seen = UploadFiles.create, []

    def watched(files, *asked):
        made = create(files, *asked)
        if asked[1] == "records":
            seen.append(made)
            write = made.write
            made.write = lambda data: (write(data), seen.append(files_with(office.home, b"month,area")))[0]
        return made

    monkeypatch.setattr(UploadFiles, "create", watched)
    answer = send(visit(office.producer))
    assert len(seen) > 1
    assert seen[1:] == [[]] * len(seen[1:])
    assert files_with(office.home, b"month,area") == []
    assert files_with(office.home, b"statlas: 1") == ["pens.yaml"], "the looking glass works"
    read = []

    def killed(*, records, **_asked):
        read.extend(path.read_bytes() for path in records)
        raise KeyboardInterrupt

    monkeypatch.setattr(drafting, "draft", killed)
    with pytest.raises(KeyboardInterrupt):
        running.run(answer.url.rpartition("/")[2])
    assert read == [records("202501").encode()]
    assert files_with(office.home, b"month,area") == []
    [link] = UploadFiles(office.home.path).heap(answer.url.rpartition("/")[2], "opened").iterdir()
    assert not link.exists(), "it leads to a file that is closed"


@pytest.mark.parametrize("laid", ["a draft", "another upload", "nothing sealed", "half of it"])
def test_the_keeper_opens_nothing_else_that_is_laid_among_the_files(office, laid):
    """Whoever can write to the home has it open no draft, and no records that another sent."""
    upload_id = send(visit(office.producer)).url.rpartition("/")[2]
    path = UploadFiles(office.home.path).heap(upload_id, "records") / "records.csv"
    if laid == "a draft":
        sealing.seal(office.home.path, DraftFacts("d" * 32, "other", "1", "", "", ""), path.parent)
        path.write_bytes((office.home.path / "sealed" / ("d" * 32) / "draft.age").read_bytes())
    elif laid == "another upload":
        other = send(visit(office.producer)).url.rpartition("/")[2]
        path.write_bytes((UploadFiles(office.home.path).heap(other, "records") / "records.csv").read_bytes())
    elif laid == "nothing sealed":
        path.write_bytes(records("202501").encode())
    else:
        path.write_bytes(path.read_bytes()[:-100])
    running.run(upload_id)
    upload = Upload.objects.get(pk=upload_id)
    assert upload.state == Sending.FAILED
    assert "does not lie as it was sealed" in upload.problem["detail"]


def test_an_upload_waits_for_a_keeper_that_is_away(office, monkeypatch):
    """For a while; it is told then, and where the site ends meanwhile the upload waits for its next start."""

    def gone(**_asked):
        raise KeeperGoneError("The keeper of releases does not answer.")

    monkeypatch.setattr(keeper_line, "take", gone)
    monkeypatch.setattr(waiting, "WAIT_S", -1.0)
    first = send(visit(office.producer))
    assert run(first).problem["code"] == "keeper"
    second = send(visit(office.producer))
    waiting.stopping.set()
    try:
        assert run(second).state == Sending.QUEUED
    finally:
        waiting.stopping.clear()
    assert kept(office) == [second.url.rpartition("/")[2]]


def test_nothing_is_taken_before_the_keeper_has_a_key(office, monkeypatch):
    """A page cannot make one: it says so, and keeps nothing."""

    def refused(_home):
        raise PermissionError

    monkeypatch.setattr(sealing, "recipient", refused)
    answer = send(visit(office.producer))
    assert answer.status_code == 503
    assert "has not made its key yet" in answer.content.decode()
    assert kept(office) == []


# --- killed and full --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 20, 60, 200, 2_000, 4_500])
def test_a_form_that_breaks_off_is_never_taken_for_a_shorter_one(office, cut):
    """Cut anywhere: in its last field, in the head of a file, in the middle of one."""
    files = {"definition": [sent(DEFINITION, "pens.yaml"), sent(CODES, "area.csv")]}
    body = encode_multipart(BOUNDARY, {**files, "records": sent(records("202501"), "r.csv"), "whole": "yes"})
    answer = visit(office.producer).generic("POST", "/work/send", body[:-cut], MULTIPART_CONTENT)
    if answer.status_code == 303:  # every file had come
        assert cut < len(BOUNDARY) + 10
        return
    assert answer.status_code in (400, 422)
    assert kept(office) == []
    assert not Upload.objects.exists()


def test_a_form_of_too_many_files_leaves_nothing(office):
    """A thousand small files are no release."""
    many = [sent("a", f"{n}.csv") for n in range(1_000)]
    answer = visit(office.producer).post("/work/send", {"records": many})
    assert answer.status_code == 400
    assert kept(office) == []


def test_a_full_disk_is_told_and_leaves_nothing(office, monkeypatch):
    """Half an upload is none."""
    import errno  # noqa: PLC0415

    create = UploadFiles.create

    class Full:
        def write(self, _data):
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            pass

    def full(*asked):
        create(*asked).close()
        return Full()

    monkeypatch.setattr(UploadFiles, "create", full)
    answer = send(visit(office.producer))
    assert answer.status_code == 503
    assert "The disk of the site is full: what was sent was not taken." in answer.content.decode()
    assert kept(office) == []
    assert not Upload.objects.exists()


def test_a_worker_that_is_killed_is_followed_by_another(office):
    """What waited waits again, what was begun is begun once more, and what killed twice has failed."""
    waits, begun, twice = (send(visit(office.producer)).url.rpartition("/")[2] for _ in range(3))
    Upload.objects.filter(pk=begun).update(state=Sending.RUNNING, attempts=1)
    Upload.objects.filter(pk=twice).update(state=Sending.RUNNING, attempts=2)
    DBTaskResult.objects.all().delete()
    working.take_up(home=office.home)
    states = [Upload.objects.get(pk=one).state for one in (waits, begun, twice)]
    assert states == [Sending.QUEUED, Sending.QUEUED, Sending.FAILED]
    assert kept(office) == sorted([waits, begun])
    queued = [json.dumps(task.args_kwargs) for task in DBTaskResult.objects.all()]
    assert [any(one in task for task in queued) for one in (waits, begun, twice)] == [True, True, False]


def test_a_draft_that_was_sealed_before_the_process_ended_is_taken_up(office, monkeypatch):
    """Killed between the seal and its row: the next attempt finds the draft and makes no second one."""
    client = visit(office.producer)
    answer = send(client)
    upload_id = answer.url.rpartition("/")[2]

    def killed(**_asked):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(acting, "begin", killed)
        with pytest.raises(KeyboardInterrupt):
            running.run(upload_id)
    working.take_up(home=office.home)
    running.run(upload_id)
    upload = Upload.objects.get(pk=upload_id)
    assert upload.state == Sending.DONE, upload.problem
    assert [one.draft_id for one in drafting.drafts(home=office.home)] == [
        ReleaseRow.objects.get(pk=upload.release).draft_id
    ]
    assert kept(office) == []


def test_who_is_no_producer_any_more_when_the_turn_comes_makes_no_draft(office):
    """Rights are asked again by the worker."""
    answer = send(visit(office.producer))
    boss = Actor.of_account(Account.objects.get(email="boss@example.org"))
    organisations.remove_member(
        home=office.home, slug="pensions", email=office.producer.email, role=Role.PRODUCER, actor=boss
    )
    assert run(answer).state == Sending.FAILED
    assert drafting.drafts(home=office.home) == ()
    assert kept(office) == []
