"""The records of the demonstration make sense: claims are the same claims in every month, and relations hold."""

import csv

import pytest

from statlas.demonstration.made import DATABASES

DRAWN_ONCE = (
    *("sex", "partner", "children", "non_dependants", "accommodation"),
    *("sector", "passported", "paid_to", "bedrooms", "constituency"),
)


def test_a_claim_has_one_row_a_month(hb):
    """No claim is in a month twice."""
    [(rows, pairs)] = hb.execute("select count(*), count(distinct (claim_ref, month)) from hb").fetchall()
    assert rows == pairs > 1_000_000


def test_claims_go_on_without_a_gap(hb):
    """A claim is in every month from its first to its last, and half of them last longer than a year."""
    months = "select claim_ref, cast(month as int) // 100 * 12 + cast(month as int) % 100 as n from hb"
    lives = f"select max(n) - min(n) + 1 = count(*) as whole, count(*) as n from ({months}) group by claim_ref"
    [(whole, median)] = hb.execute(f"select bool_and(whole), median(n) from ({lives})").fetchall()
    assert whole
    assert median > 12


def test_claims_come_and_go(hb):
    """Every month has claims that were not there the month before, and some that are there no more in the next."""
    ends = "select claim_ref, min(month) as first, max(month) as last from hb group by claim_ref"
    [(starts,)] = hb.execute(f"select count(distinct first) from ({ends})").fetchall()
    [(stops,)] = hb.execute(f"select count(distinct last) from ({ends})").fetchall()
    assert starts == stops == 93


def test_a_claim_keeps_what_was_drawn_once(hb):
    """Sex, partner, children and home are the same in every month of a claim."""
    changes = " or ".join(f"min({column}) <> max({column})" for column in DRAWN_ONCE)
    assert hb.execute(f"select claim_ref from hb group by claim_ref having {changes} limit 1").fetchall() == []


def test_a_claimant_ages_by_a_year_in_twelve_months(hb):
    """A claimant below the top age is a year older twelve months later."""
    year_later = """select count(*) from hb a join hb b on a.claim_ref = b.claim_ref
                    and cast(b.month as int) = cast(a.month as int) + 100
                    where a.month between '202001' and '202012' and a.age < 89 and b.age <> a.age + 1"""
    assert hb.execute(year_later).fetchall() == [(0,)]


RELATIONS = {
    "a pensioner under State Pension age": "client = '2' and age < 65",
    "somebody of working age above it": "client = '1' and age > 66",
    "a pensioner with a spare-room reduction": "client = '2' and (reduction is not null or spare_rooms <> '0')",
    "a private tenant with a spare-room reduction": "sector in ('21', '22', '23') and reduction is not null",
    "a reduction without a spare room, or the reverse": "(spare_rooms = '0') <> (reduction is null)",
    "a pensioner asked about work": "client = '2' and employment <> '9'",
    "a passported claim asked about work": "passported = '1' and employment <> '9'",
    "bedrooms outside the Local Housing Allowance": "(bedrooms = '88') = (sector = '21')",
    "a couple in a room in a shared home": "bedrooms = '0' and partner = '1'",
    "a family in a one-bedroom allowance": "bedrooms in ('0', '1') and children in ('1', '2')",
    "an award of nothing": "award < 0.5",
    "a claimant abroad": "area = 'XXZZZZZZZ'",
    "one kind of place known and another not": "(area = 'ZZXXXXXXX') <> (authority = 'ZZXXXXXXX') or "
    "(area = 'ZZXXXXXXX') <> (constituency = 'ZZXXXXXXX')",
    "a unit id that looks real": "not regexp_full_match(claim_ref, 'SYN-HB-[0-9]{8}')",
}


@pytest.mark.parametrize("condition", RELATIONS.values(), ids=RELATIONS)
def test_relations_hold(hb, condition):
    """What the rules of Housing Benefit exclude does not occur."""
    [(n,)] = hb.execute(f"select count(*) from hb where {condition}").fetchall()
    assert n == 0


def test_spare_room_reductions_are_14_and_25_percent(hb):
    """Of a passported claim, whose rent is met in full, one spare room takes 14% and more take 25%, to the penny."""
    parts = """select spare_rooms, max(abs(reduction - share * (award + reduction))) from hb
               join (values ('1', 0.14), ('2', 0.25)) as t(rooms, share) on rooms = spare_rooms
               where passported = '1' group by spare_rooms order by spare_rooms"""
    found = dict(hb.execute(parts).fetchall())
    assert set(found) == {"1", "2"}
    assert max(found.values()) < 0.011


def test_an_output_area_is_half_of_the_small_area(hb):
    """A record's output area is a half of its small area, and both are known or neither is."""
    wrong = """select count(*) from hb where output_area not in (area || 'A', area || 'B')
               and not (area = 'ZZXXXXXXX' and output_area = 'ZZXXXXXXX')"""
    assert hb.execute(wrong).fetchall() == [(0,)]
    halves = hb.execute(
        "select right(output_area, 1), count(*) from hb where area <> 'ZZXXXXXXX' group by 1"
    ).fetchall()
    assert {half for half, _ in halves} == {"A", "B"}
    assert min(n for _, n in halves) > 0.48 * sum(n for _, n in halves)


def test_a_small_area_is_used_in_its_time(hb):
    """No record is in an area before its code began, or after it ended."""
    path = DATABASES / "geography" / "small_area.csv"
    wrong = f"""select count(*) from hb left join read_csv('{path}', all_varchar = true) as areas on area = areas.code
                where areas.code is null or month < valid_from or month > valid_to"""
    assert hb.execute(wrong).fetchall() == [(0,)]


def test_most_claims_are_paid_by_the_authority_they_live_in(hb):
    """An authority pays nearly all claims of its residents; temporary accommodation is the exception."""
    shares = """select accommodation = '2', avg(cast(authority <> administering_authority as int)) from hb
                where authority <> 'ZZXXXXXXX' group by all"""
    found = dict(hb.execute(shares).fetchall())
    assert 0 < found[False] < 0.01
    assert 0.05 < found[True] < 0.2


def test_awards_fit_the_family_and_the_place(hb):
    """London and larger families get more, and awards rise in April."""

    def mean(where):
        return hb.execute(f"select cast(avg(award) as double) from hb where passported = '1' and {where}").fetchone()[0]

    private = "sector = '21' and month = '202001'"
    assert mean(f"{private} and authority like 'E09%'") > 1.2 * mean(f"{private} and authority like 'E08%'")
    assert mean(f"{private} and children = '3'") > 1.1 * mean(f"{private} and children = '0'")
    same = "client = '2' and accommodation = '9' and month ="
    assert mean(f"{same} '202404'") > 1.05 * mean(f"{same} '202403'")


def test_every_code_is_in_the_definition_and_valid_in_its_month(hb, hb_database):
    """Every value of every place column is a leaf of its field that exists in that month."""
    columns = {"output_area": "COA_CODE", "ward": "WARD_CODE", "administering_authority": "ADMIN_LA_CODE"}
    for column, field in columns.items():
        codes = {node.code: hb_database.field(field).classification.code(node) for node in leaves(hb_database, field)}
        for code, first, last in hb.execute(
            f"select {column}, min(month), max(month) from hb group by {column}"
        ).fetchall():
            assert codes[code].valid_in(first), (code, first)
            assert codes[code].valid_in(last), (code, last)


def leaves(database, field):
    """The leaves of a field."""
    return database.field(field).classification.leaves


def test_totals_are_near_the_published_ones(hb, hb_scale):
    """Regions and Great Britain are within 3% of the published claims, authorities within 15%."""
    with (DATABASES / "hb_new" / "published.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 100
    counts = "create temp table counts as select month, client, sector, authority, count(*) as n from hb group by all"
    hb.execute(counts)
    for row in rows:
        published = float(row["claims"])
        of_them = f"select sum(n) from counts where month = ? and {concerns(row)}"
        [(found,)] = hb.execute(of_them, [row["month"]]).fetchall()
        tolerance = 0.15 if row["code"].startswith(("E06", "E07", "E08")) else 0.03
        assert abs(float(found) / hb_scale - published) < tolerance * published, row


def concerns(row):
    """SQL of the records that a published figure is about."""
    match row["what"]:
        case "all":
            return "true"
        case "client":
            return f"client = '{row['code']}'"
        case "tenure":
            return {"1": "sector in ('11', '12')", "2": "sector in ('21', '22', '23')"}[row["code"]]
        case "area" if row["code"].startswith("E12"):
            path = DATABASES / "geography" / "authority.csv"
            return f"authority in (select code from '{path}' where parent = '{row['code']}')"
        case _:
            return f"authority = '{row['code']}'"


def test_universal_credit_takes_over(hb):
    """Working-age claims in ordinary homes nearly vanish; pensioners and specified accommodation remain."""

    def n(where, month):
        return hb.execute(f"select count(*) from hb where month = '{month}' and {where}").fetchone()[0]

    ordinary = "client = '1' and accommodation = '9'"
    assert n(ordinary, "202512") < 0.05 * n(ordinary, "201804")
    assert n("accommodation = '1'", "202512") > n("accommodation = '1'", "201804")
    assert n("client = '2'", "202512") > 0.7 * n("client = '2'", "201804")
    assert n("accommodation = '2'", "202501") > n("accommodation = '2'", "202507")
