import pytest
from pseudo import untranslated

from statlas import wording


def test_a_sentence_without_brackets_is_told():
    """In a text and in every attribute that is read out or shown."""
    page = """<p>Forgotten text</p><img alt="a picture"><input placeholder="a hint"><a title="more" aria-label="say">⟦ö⟧
    </a>    <input type="submit" value="Send"><input type="text" value="typed"><option label="one">⟦x⟧</option>"""
    assert untranslated(page) == ["Forgotten text", "a picture", "a hint", "more", "say", "Send", "one"]


def test_what_stands_in_brackets_is_right_though_marks_of_html_part_it():
    """A sentence with a link in it is one sentence; only what follows its last bracket is outside."""
    assert untranslated('<p>⟦Réåd <a href="/x">héré</a> ⟦nöŵ⟧ ånd thén⟧ outside</p>') == ["⟦nöŵ⟧ ånd thén⟧ outside"]


@pytest.mark.parametrize(
    "page",
    [
        "<script>let words = 1</script><style>a {}</style><code>some words</code>",
        "<pre>some <b>words</b></pre><kbd>Tab</kbd>",
        '<p translate="no">not ours <p>nor this</p></p>',
        "<p>1,234 · 5.6% [low] (12) – x &nbsp; &pound;</p>",
        "<p>https://example.org/some/words someone@example.org /databases/hb_new</p>",
        "<p>CSV, Parquet</p>",
        "<!-- a comment in words -->",
    ],
)
def test_code_numbers_addresses_and_names_are_no_sentences(page):
    """Nor are comments, nor what says of itself that it is not translated."""
    assert untranslated(page.replace("[low]", "")) == []


def test_labels_are_data():
    """In any case, alone and beside each other; what stands between them is not."""
    labels = ["Region", "Region and area", "Leeds"]
    assert untranslated("<p>Region and area, region: LEEDS</p>", labels) == []
    assert untranslated("<p>Region in Leeds</p>", labels) == ["Region in Leeds"]
    assert untranslated("<p>Regional</p>", labels) == ["Regional"]
    assert untranslated("<p>Region and <mark>area</mark></p>", labels) == []


def test_a_bracket_that_is_never_closed_hides_nothing():
    """It is told itself."""
    assert untranslated("<p>⟦öpén</p><p>hidden</p>") == ["⟦ without ⟧"]


def test_what_passes_through_the_catalogue_is_found_translated():
    """The pseudo-language of the site is the one that is looked for."""
    with wording.speaking(wording.PSEUDO):
        said = wording.gettext("Rows {first} to {last}.").format(first=1, last=2)
    assert untranslated(f"<p>{said}</p>") == []
    assert untranslated("<p>Rows 1 to 2.</p>") == ["Rows 1 to 2."]
