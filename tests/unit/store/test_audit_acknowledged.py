"""A break of the audit log that is known: told apart for ever, never whole, and no cover for anything else."""

import pytest

from statlas.errors import QueryError
from statlas.store import audit
from statlas.store.audit_line import ACKNOWLEDGED, Head


@pytest.fixture
def log(tmp_path):
    """Where the log of six lines lies, whose third somebody altered."""
    for number in range(6):
        act(tmp_path, f"hb_new release {number}")
    path = tmp_path / "logs" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"hb_new release 2", b"hb_new release 9"))
    assert codes(tmp_path) == (["altered-line"], [])
    return path


def act(home, subject="hb_new release 1"):
    """A line like many."""
    return audit.append(home, actor="amina@example.org", action="release.approve", subject=subject)


def acknowledge(home, reason="A disk was mended by hand."):
    """Somebody knows of the break."""
    return audit.acknowledge(home, actor="boss@example.org", reason=reason)


def codes(home, *noted):
    """What is wrong, and what is known to be, by code."""
    found = audit.verify(home, noted=noted)
    assert found.is_whole is not bool(found.faults or found.acknowledged)
    return [one.code for one in found.faults], [[fault.code for fault in one.faults] for one in found.acknowledged]


def test_a_break_that_is_known_is_told_apart_and_the_log_never_whole(tmp_path, log):
    """The line names it, who knows of it and why; what comes later is verified as ever."""
    line, found = acknowledge(tmp_path)
    assert (line.action, line.actor, line.reason) == (ACKNOWLEDGED, "boss@example.org", "A disk was mended by hand.")
    assert line.details["faults"] == "altered-line 3"
    assert [one.code for one in found.faults] == ["altered-line"]
    assert codes(tmp_path) == ([], [["altered-line"]])
    act(tmp_path)
    act(tmp_path)
    report = audit.verify(tmp_path)
    assert (report.faults, report.n_lines, report.head.lines) == ((), 8, 9)
    assert [one.line for one in report.acknowledged] == [line]
    assert report.acknowledged[0].faults[0].rows == (3,)


def test_what_is_found_later_is_not_known(tmp_path, log):
    """An altered line after it; a removed end; the acknowledged part touched once more."""
    acknowledge(tmp_path)
    for number in range(3):
        act(tmp_path, f"uc release {number}")
    good = log.read_bytes()
    log.write_bytes(good.replace(b"uc release 1", b"uc release 7"))
    assert codes(tmp_path)[0] == ["altered-line", "altered-line"], "vouched for by nothing, it acknowledges nothing"
    log.write_bytes(good.replace(b"hb_new release 4", b"hb_new release 7"))
    assert codes(tmp_path) == (["altered-line", "altered-line"], [])
    log.write_bytes(good.replace(b"hb_new release 9", b"hb_new release 8"))
    assert codes(tmp_path) == (["altered-line"], []), "the break itself was changed"
    log.write_bytes(good.replace(b"by hand", b"by feet"))
    assert codes(tmp_path) == (["altered-line", "altered-line"], []), "and so was who knows of it"
    log.write_bytes(b"".join(good.splitlines(keepends=True)[:-1]))
    assert codes(tmp_path) == (["altered-line", "cut-end"], [])
    log.write_bytes(good)
    assert codes(tmp_path) == ([], [["altered-line"]])


def test_a_second_break_is_acknowledged_by_itself(tmp_path, log):
    """It stands after the first, so that nothing vouches for that any more: both are acknowledged anew."""
    acknowledge(tmp_path)
    act(tmp_path, "uc release 1")
    act(tmp_path)
    log.write_bytes(log.read_bytes().replace(b"uc release 1", b"uc release 7"))
    acknowledge(tmp_path, "The same disk.")
    act(tmp_path)
    report = audit.verify(tmp_path)
    assert not report.faults
    assert report.acknowledged[-1].line.reason == "The same disk."
    assert codes(tmp_path) == ([], [["altered-line", "altered-line"]])
    with pytest.raises(QueryError, match="Nothing is wrong"):
        acknowledge(tmp_path)


def test_a_lost_head_and_a_cut_end_can_be_acknowledged(tmp_path, log):
    """Whatever is wrong: the log goes on, and says so."""
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-2]))
    line, found = acknowledge(tmp_path)
    assert found.faults
    assert codes(tmp_path)[0] == []
    assert line.details["faults"].count("line") >= 2


def test_a_head_that_was_written_down_is_never_covered(tmp_path):
    """Whoever makes the log anew and acknowledges its own break is found out by the head in the drawer."""
    for number in range(4):
        act(tmp_path, f"hb_new release {number}")
    noted = audit.verify(tmp_path).head
    path = tmp_path / "logs" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"hb_new release 3", b"hb_new release 9"))
    acknowledge(tmp_path)
    assert codes(tmp_path) == ([], [["altered-line"]])
    assert codes(tmp_path, noted) == (["noted-head"], [["altered-line"]])
    assert codes(tmp_path, Head(99, "0" * 64))[0] == ["cut-end"]


def test_a_whole_log_has_nothing_to_acknowledge_and_a_reason_is_needed(tmp_path, log):
    """Nobody acknowledges beforehand, nor without a word."""
    with pytest.raises(QueryError, match="No reason"):
        acknowledge(tmp_path, " ")
    acknowledge(tmp_path)
    n_lines = len([*audit.lines(tmp_path)])
    with pytest.raises(QueryError, match="Nothing is wrong"):
        acknowledge(tmp_path)
    assert len([*audit.lines(tmp_path)]) == n_lines
