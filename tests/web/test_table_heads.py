"""Every cell of a table has exactly its own heads, by the algorithm of the HTML standard."""

from dataclasses import replace

import pytest

from tests.support.table_heads import cells_of, heads_of

TABLE = "/databases/hb_new/table"
SIDES = {
    "one field on each side": "rows=AREA&columns=AGE",
    "two in the rows": "rows=AREA&rows=SEX&columns=AGE&total=SEX",
    "two in the columns": "rows=AREA&columns=AGE&columns=MONTH&periods=latest(2)&total=AGE",
    "three in the rows, two in the columns": (
        "rows=TENURE&rows=SEX&rows=AGE&columns=AREA&columns=MONTH&periods=latest(2)&total=TENURE&total=AREA"
    ),
    "several measures": "rows=AREA&columns=SEX&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN",
    "nothing in the rows": "columns=AGE",
    "nothing in the columns": "rows=AGE&wafers=SEX",
    "a single number": "wafers=MONTH",
    "sorted": "rows=AREA&rows=SEX&columns=AGE&sort=-2",
    "a window in the midst": "rows=AREA@V_AREA&rows=SEX&columns=AGE&empty=shown&row=200",
    "asked": "rows=AREA&rows=SEX&columns=AGE&ask=on",
}


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
def test_every_number_has_the_heads_of_its_items_and_fields(get, settings, sides):
    """Its items on both sides and the fields that stand over them; no head of a neighbour."""
    settings.STATLAS = replace(settings.STATLAS, page_rows=7)
    page = get(f"{TABLE}?{sides}")
    slots, cells = cells_of("<table " + page.partition('id="shown-table"')[2])
    assert all(cell.scope in ("row", "col") for cell in cells if cell.is_head)
    head = max(cell.y for cell in cells if cell.is_head and cell.scope == "col")
    data = [cell for cell in cells if not cell.is_head and cell.y > head and cell.width == 1]
    assert data
    for cell in data:
        heads = heads_of(slots, cell)
        for head in heads:
            assert head.y <= cell.y < head.y + head.height or head.x <= cell.x < head.x + head.width
        beside = {slots[x, cell.y] for x in range(cell.x) if slots[x, cell.y].is_head}
        above = {slots[cell.x, y] for y in range(cell.y) if slots[cell.x, y].is_head}
        assert set(heads) == {head for head in beside | above if head.text}
        assert beside
        assert above


def test_names_of_row_fields_head_the_heads_of_rows(get):
    """A reader hears *Region and area, North*, not the field of the columns."""
    page = get(f"{TABLE}?rows=AREA&rows=SEX&columns=AGE")
    slots, cells = cells_of("<table " + page.partition('id="shown-table"')[2])
    rows = [cell for cell in cells if cell.is_head and cell.scope == "row"]
    assert {tuple(head.text for head in heads_of(slots, cell) if head.scope == "col") for cell in rows} == {
        ("Region and area",),
        ("Sex",),
    }
    inner = [cell for cell in rows if cell.text == "Female"]
    assert [[head.text for head in heads_of(slots, cell) if head.scope == "row"] for cell in inner] == [
        ["North"],
        ["Midlands & Wales"],
        ["South"],
        ["Isles"],
    ]
