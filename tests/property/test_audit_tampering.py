"""Whoever changes the audit log is found out, and what they changed is said."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from statlas.store.audit_line import BEGINNING, AuditLine, Head
from statlas.store.audit_segments import report

TEXT = st.text(max_size=12)
LINES = st.lists(
    st.tuples(st.text(min_size=1, max_size=12), TEXT, TEXT, st.dictionaries(TEXT, TEXT, max_size=2)),
    min_size=2,
    max_size=12,
)


def chain(contents):
    """A log with a line for each content: its lines as bytes, and its head."""
    head, written = BEGINNING, []
    for number, (actor, subject, reason, details) in enumerate(contents):
        time = datetime(2026, 11, 23, 9, 30, tzinfo=UTC) + timedelta(seconds=number)
        line = AuditLine(head.lines + 1, time, actor, "release.approve", subject, reason, details, head.sha256)
        written.append(bytes(line))
        head = line.head
    return written, head


LOGS = LINES.map(chain)


def told(log, head, *noted):
    """The faults of a log, as pairs of code and rows."""
    return [(fault.code, fault.rows) for fault in report(b"".join(log), head, noted).faults]


@given(LOGS)
def test_what_was_written_is_proven(log):
    """A log that nobody touched has no fault and no remark, and every line of it is proven."""
    lines, head = log
    found = report(b"".join(lines), head)
    assert (found.n_lines, found.head, found.faults, found.remarks) == (len(lines), head, (), ())


@given(LOGS, st.data())
def test_an_altered_line_is_named(log, data):
    """Other bytes in place of a line, whatever they are, are told as that line altered and no other."""
    lines, head = log
    at = data.draw(st.integers(0, len(lines) - 1))
    position = data.draw(st.integers(0, len(lines[at]) - 2))
    byte = data.draw(st.integers(0, 255))
    assume(byte not in (lines[at][position], 10))
    changed = lines[at][:position] + bytes([byte]) + lines[at][position + 1 :]
    assert told([*lines[:at], changed, *lines[at + 1 :]], head) == [("altered-line", (at + 1,))]


@given(LOGS, st.data())
def test_a_line_that_says_another_thing_is_named(log, data):
    """A line well made but for its place in the chain, its links altered too, is told as altered."""
    lines, head = log
    at = data.draw(st.integers(0, len(lines) - 1))
    line = AuditLine.read(lines[at])
    before = data.draw(st.sampled_from([line.before, "0" * 64, "f" * 64]))
    forged = bytes(AuditLine(line.sequence, line.time, "somebody else", line.action, "", "", {}, before))
    assume(forged != lines[at])
    assert told([*lines[:at], forged, *lines[at + 1 :]], head) == [("altered-line", (at + 1,))]


@given(LOGS, st.data())
def test_removed_lines_are_told_one_by_one_or_as_a_cut_end(log, data):
    """Lines taken out are told as one run with their numbers; at the end, as the end that was cut."""
    lines, head = log
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    found = report(b"".join([*lines[: first - 1], *lines[last:]]), head).faults
    assert [fault.code for fault in found] == ["cut-end" if last == len(lines) else "removed-line"]
    which = f"line {first}:" if first == last else f"lines {first} to {last}:"
    assert found[0].expected.startswith(which)


@given(LOGS, st.data())
def test_an_inserted_line_is_named(log, data):
    """A line of another log, a copy of one, or rubbish is told where it stands."""
    lines, head = log
    at = data.draw(st.integers(0, len(lines) - 1))
    foreign = bytes(AuditLine(at + 1, datetime.now(UTC), "x", "y", "z", before="a" * 64))
    what = data.draw(st.one_of(st.just(foreign), st.sampled_from(lines), st.just(b"rubbish\n"), st.just(b"\n")))
    found = told([*lines[:at], what, *lines[at:]], head)
    if what in lines:  # of a line and its copy side by side nobody can tell which is which
        assert [code for code, _ in found] == ["inserted-line"]
        assert b"".join([*lines[:at], what, *lines[at:]]).count(what) == 2
    else:
        assert found == [("inserted-line", (at + 1,))]


@given(LOGS, st.data())
def test_a_moved_line_is_named(log, data):
    """A line that was moved is told as moved; of two that were exchanged either may be the one."""
    lines, head = log
    at, to = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
    assume(at != to)
    rest = lines[:at] + lines[at + 1 :]
    found = told([*rest[:to], lines[at], *rest[to:]], head)
    assert [code for code, _ in found] == ["moved-line"]
    if abs(at - to) > 1:
        assert found[0][1] == (to + 1,)


@given(LOGS, st.binary(min_size=1, max_size=30), st.data())
def test_no_change_goes_unseen(log, data_in, data):
    """Whatever stretch of bytes is replaced by whatever others, something is said of it."""
    lines, head = log
    whole = b"".join(lines)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    changed = whole[:start] + data_in + whole[end:]
    assume(changed != whole)
    found = report(changed, head)
    assert found.faults or found.remarks
    if start < len(whole):
        assert found.faults, "only what stands behind the end can have been left by a process that was killed"


@given(LOGS, st.data())
def test_a_head_written_down_finds_out_who_made_all_anew(log, data):
    """Whoever writes the log and its head anew is found out by any head that was written down before."""
    lines, head = log
    at = data.draw(st.integers(0, len(lines) - 1))
    noted = AuditLine.read(lines[data.draw(st.integers(at, len(lines) - 1))]).head
    anew = [AuditLine.read(line) for line in lines]
    contents = [(line.actor, line.subject, line.reason, line.details) for line in anew]
    contents[at] = ("nobody at all", *contents[at][1:])
    forged, forged_head = chain(contents)
    assume(forged != lines)
    assert told(forged, forged_head) == []
    assert [code for code, _ in told(forged, forged_head, noted)] == ["noted-head"]
    cut, cut_head = chain(contents[: noted.lines - 1])
    assert "cut-end" in [code for code, _ in told(cut, cut_head if cut else None, noted)]
    assert told(lines, head, noted) == []


@given(LOGS)
def test_a_log_without_its_head_is_told(log):
    """Without the head nobody can tell whether the end was cut, and that is said; one line needs no head yet."""
    lines, _head = log
    assert told(lines, None) == [("missing-head", ())]
    assert told(lines[:1], None) == []


@given(LOGS, st.data())
def test_what_nothing_vouches_for_is_said(log, data):
    """Above a line that is not as it was written, it is said from where on lines only agree with each other."""
    lines, head = log
    at = data.draw(st.integers(1, len(lines) - 1))
    found = report(b"".join(lines[:at] + lines[at + 1 :]), head)
    assert len(found.remarks) == 1
    noted = AuditLine.read(lines[at - 1]).head
    assert report(b"".join(lines[:at] + lines[at + 1 :]), head, (noted,)).remarks == ()


@given(st.binary(max_size=200), st.one_of(st.none(), st.builds(Head, st.integers(1, 9), st.just("e" * 64))))
def test_rubbish_is_no_log(log, head):
    """Any bytes at all are judged, never trusted and never a mistake of ours."""
    assert report(log, head).n_lines == 0
