"""The catalogue as a tree that clients walk."""

from dataclasses import replace
from urllib.parse import quote, unquote

import pytest

from statlas.api.opendata import schema
from statlas.api.opendata.schema import Catalogue
from statlas.definitions.stat_xplore import ids
from statlas.errors import UnknownNameError

GROUP = "str:group:hb_new:X_Geography+%28residence-based%29"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
MEASURE = "str:measure:hb_new:V_F_HB_NEW:LAHBAMT"
STATFN, STATISTICS = MEASURE.replace("measure", "statfn"), ("SUM", "MEAN", "MEDIAN")


def location(component):
    """Where a component lies, for these tests."""
    return f"https://here/schema/{ids.in_a_path(component)}"


def shown(node, **options):
    """A node as clients read it."""
    return schema.as_json(node, location, **options)


def outline(node):
    """Types and ids of the children."""
    return [(child["type"], child["id"]) for child in shown(node)["children"]]


def every(node):
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from every(child)


def test_the_root_holds_folders_and_databases(hb):
    """Nested folders are made from the paths of databases; one without a folder lies at the root."""
    nested = replace(hb, id="a", folder=("Housing Benefit", "Older"))
    loose = replace(hb, id="b", folder=())
    top = schema.root(Catalogue([hb, nested, loose]))
    assert shown(top)["id"] == "str:folder:root"
    assert outline(top) == [("FOLDER", "str:folder:fHousing+Benefit"), ("DATABASE", "str:database:b")]
    inside = schema.find(Catalogue([hb, nested, loose]), "str:folder:fHousing+Benefit")
    assert outline(inside) == [
        ("FOLDER", "str:folder:fHousing+Benefit:Older"),
        ("DATABASE", "str:database:hb_new"),
    ]


def test_an_empty_site_has_an_empty_root():
    """Its children are a list, for clients that loop over it."""
    assert shown(schema.root(Catalogue([])))["children"] == []


def test_a_database_holds_its_count_the_date_groups_and_fields(hb):
    """The count and measures first; a group stands where its first field would."""
    assert outline(schema.find(Catalogue([hb]), "str:database:hb_new")) == [
        ("COUNT", "str:count:hb_new:V_F_HB_NEW"),
        ("MEASURE", MEASURE),
        ("FIELD", "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"),
        ("GROUP", GROUP),
        ("FIELD", "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"),
        ("GROUP", "str:group:hb_new:X_Age+16%2B+%26+over+50%25"),
    ]


def test_a_measure_holds_its_statistics(hb):
    """Children of type STAT_FUNCTION, which never have children themselves."""
    assert outline(schema.find(Catalogue([hb]), MEASURE)) == [
        ("STAT_FUNCTION", f"{STATFN}:{name}") for name in STATISTICS
    ]
    mean = shown(schema.find(Catalogue([hb]), f"{STATFN}:MEAN"))
    assert mean == {
        "id": f"{STATFN}:MEAN",
        "label": "Mean",
        "location": location(f"{STATFN}:MEAN"),
        "type": "STAT_FUNCTION",
    }
    deep = shown(schema.find(Catalogue([hb]), "str:database:hb_new"), depth="field")
    [measure] = [child for child in deep["children"] if child["type"] == "MEASURE"]
    assert [child["label"] for child in measure["children"]] == ["Sum", "Mean", "Median"]


def test_a_field_holds_its_levels_and_a_level_its_values(hb):
    """One VALUESET a level, coarse before fine."""
    assert outline(schema.find(Catalogue([hb]), AREA)) == [
        ("VALUESET", f"{AREA}:V_REGION".replace("field", "valueset")),
        ("VALUESET", f"{AREA}:V_LA".replace("field", "valueset")),
    ]
    region = schema.find(Catalogue([hb]), f"{AREA}:V_REGION".replace("field", "valueset"))
    assert outline(region)[0] == ("VALUE", f"{AREA}:V_REGION:E12000001".replace("field", "value"))


def test_what_never_has_children_has_no_such_member(hb):
    """Members other than children are texts: one client makes a table row of them."""
    for component in ("str:count:hb_new:V_F_HB_NEW", f"{AREA}:V_REGION:E12000001".replace("field", "value")):
        assert list(shown(schema.find(Catalogue([hb]), component))) == ["id", "label", "location", "type"]
    assert all(
        isinstance(value, str)
        for node in every(schema.root(Catalogue([hb])))
        for name, value in shown(node).items()
        if name != "children"
    )


def test_children_come_a_page_at_a_time(hb):
    """A hundred of them, then the rest."""
    authorities = schema.find(Catalogue([hb]), f"{AREA}:V_LA".replace("field", "valueset"))
    assert len(shown(authorities)["children"]) == 100
    assert len(shown(authorities, first=100)["children"]) == 20
    assert shown(authorities, first=500)["children"] == []


@pytest.mark.parametrize(
    ("depth", "types"),
    [
        ("", {"GROUP": 2, "FIELD": 2}),
        ("folder", {"GROUP": 2, "FIELD": 2}),
        ("field", {"FIELD": 4, "VALUESET": 5, "VALUE": 0}),
        ("valueset", {"VALUESET": 5, "VALUE": 133}),
    ],
)
def test_depth_shows_more_levels(hb, depth, types):
    """Components down to that type show their children, nested ones whole."""

    def below(node):
        for child in node.get("children", ()):
            yield child["type"]
            yield from below(child)

    found = list(below(shown(schema.find(Catalogue([hb]), "str:database:hb_new"), depth=depth)))
    assert {kind: found.count(kind) for kind in types} == types


def test_every_component_is_found_by_its_id_however_encoded(hb):
    """Raw, with %3A, encoded by encodeURIComponent, and by following ``location``, each decoded once by the server."""
    for node in every(schema.root(Catalogue([hb]))):
        spellings = {
            node.id,
            quote(node.id, safe=":/%"),
            quote(node.id, safe=""),
            quote(quote(node.id, safe=""), safe=""),
            location(node.id).removeprefix("https://here/schema/"),
        }
        # A percent sign in a code is only safe in the encodings that encode it.
        spellings = {s for s in spellings if node.type in {"GROUP", "FOLDER"} or "50%" not in s or "50%25" in s}
        for spelling in spellings:
            assert schema.find(Catalogue([hb]), unquote(spelling)).id == node.id, spelling


def test_a_group_location_is_its_id_as_it_stands(hb):
    """Clients cut the front off a location to get the id."""
    assert location(GROUP) == f"https://here/schema/{GROUP}"


@pytest.mark.parametrize(
    "component",
    [
        "invalid_uri",
        "",
        "str:",
        "str:database:other",
        "str:folder:fNowhere",
        "str:count:hb_new:OTHER",
        "str:group:hb_new:X_Other",
        "str:group:other:X_Geography",
        f"{AREA}:V_LA",
        "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:OTHER",
        "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_LA:OTHER",
        "str:value:hb_new:OTHER:COA_CODE:V_LA:E00000007",
        "str:measure:hb_new:V_F_HB_NEW:NONE",
        "str:measure:hb_new:V_F_OTHER:LAHBAMT",
        "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:P90",
        "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MODE",
        "str:database:hb_new:more",
    ],
)
def test_an_unknown_component_is_refused(hb, component):
    """Measures too, for as long as they cannot be asked for."""
    with pytest.raises(UnknownNameError) as raised:
        schema.find(Catalogue([hb]), component)
    assert raised.value.component == component
