"""PDF pages: columns, tables, forms, and what stands around the text."""

import pytest

LEFT = [
    "The harbour council",
    "voted on Monday to",
    "close the old pier for",
    "two years, said Ann.",
]
MIDDLE = [
    "The ferry goes on as",
    "before but leaves from",
    "the north quay, where",
    "a shelter is built.",
]
RIGHT = ["Fares stay at four", "pounds for all who", "come from the town of", "Old Harbour itself."]
"""Lines of three columns; RIGHT has names in it, before which no sentence ends."""


def by_row(*columns, top=700, left=72, width=160):
    """Lines of columns as they are drawn when a row is drawn at a time."""
    rows = zip(*columns, strict=True)
    return [
        (left + width * place, top - 14 * number, text)
        for number, row in enumerate(rows)
        for place, text in enumerate(row)
        if text
    ]


def lines(*texts, top=760, left=72):
    return [(left, top - 14 * number, text) for number, text in enumerate(texts)]


@pytest.fixture
def text(article, draw_pdf):
    def read(*pages, **more):
        return article("a.pdf", draw_pdf(pages, **more)).text

    return read


def flow(*columns):
    return " ".join(line for column in columns for line in column)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_columns_drawn_by_row_are_read_one_after_the_other(text, rotation):
    assert text(by_row(LEFT, RIGHT), rotation=rotation) == flow(LEFT, RIGHT)
    assert text(by_row(LEFT, MIDDLE, RIGHT), rotation=rotation) == flow(LEFT, MIDDLE, RIGHT)


def test_columns_drawn_one_after_the_other_stay(text):
    page = [*lines(*LEFT), *lines(*RIGHT, left=232)]
    assert text(page) == flow(LEFT, RIGHT)


def test_columns_whose_lines_are_not_level(text):
    page = [(left, top - 5 * (left > 72), line) for left, top, line in by_row(LEFT, RIGHT)]
    assert text(page) == flow(LEFT, RIGHT)


def test_columns_of_unequal_length(text):
    assert text(by_row(LEFT, [*MIDDLE[:2], "", ""])) == flow(LEFT, MIDDLE[:2])


def test_a_word_broken_at_the_end_of_a_columns_line(text):
    left = ["The harbour council", "voted on Monday to de-", "molish the old pier", "in two years"]
    right = ["to come. The Old Har-", "bour stays open as an", "up-to-date place with", "a shop."]
    assert text(by_row(left, right)) == (
        "The harbour council voted on Monday to demolish the old pier in two years to come. The "
        "Old Harbour stays open as an up-to-date place with a shop."
    )


def test_a_heading_and_a_paragraph_across_columns(text):
    across = "A report on the harbour by the council, with figures of last year, and more"
    page = [
        *lines("Pier to close for two years", across, "than one map."),
        *by_row(LEFT, RIGHT, top=710),
        *lines("What comes after it, across both columns of the page, is as long as what", top=640),
        *lines("came before.", top=626),
    ]
    assert text(page).split("\n\n") == [
        "Pier to close for two years",
        f"{across} than one map.",
        flow(LEFT, RIGHT),
        "What comes after it, across both columns of the page, is as long as what came before.",
    ]


def test_headings_between_columns(text):
    page = [*by_row(LEFT, MIDDLE), *lines("The fares of the ferry from now on", top=620)]
    page += by_row(RIGHT, MIDDLE, top=600)
    assert text(page).split("\n\n") == [
        flow(LEFT, MIDDLE),
        "The fares of the ferry from now on",
        flow(RIGHT, MIDDLE),
    ]


def test_a_table_is_read_by_row(text):
    table = by_row(
        ["Kind of ticket", "Adult, one way", "Child under ten", "Bicycle or pram"],
        ["2023", "3.50", "1.00", "free"],
        ["2024", "4.00", "1.50", "0.50"],
    )
    assert text(table).split("\n\n") == [
        "Kind of ticket 2023 2024",
        "Adult, one way 3.50 4.00",
        "Child under ten 1.00 1.50",
        "Bicycle or pram free 0.50",
    ]


def test_a_table_of_words_is_read_by_row(text):
    table = by_row(
        ["Residents of the town", "Visitors from elsewhere", "Members of the council"],
        ["Free entry on all days", "Four pounds on Sundays", "Half of the usual price"],
    )
    assert text(table).split("\n\n") == [
        "Residents of the town Free entry on all days",
        "Visitors from elsewhere Four pounds on Sundays",
        "Members of the council Half of the usual price",
    ]


def test_items_with_their_bullets_apart_go_on_in_the_next_line(text):
    items = by_row(
        ["•", "", "•", "", "•"],
        [
            "the pier closes for as",
            "long as it takes",
            "the ferry goes on",
            "as before",
            "fares stay",
        ],
        width=30,
    )
    assert text(items).split("\n\n") == [
        "• the pier closes for as long as it takes",
        "• the ferry goes on as before",
        "• fares stay",
    ]


def test_contents_and_addresses_are_read_by_row(text):
    contents = by_row(["1 The old pier of the town", "2 The ferry", "3 Fares"], ["4", "17", "23"])
    assert "1 The old pier of the town 4" in text(contents)
    address = by_row(["Ann Reed", "12 Quay Street", "Brookfield"], ["Bob Stone", "Old 3", "York"])
    assert "Ann Reed Bob Stone" in text(address)


def test_running_heads_and_page_numbers_beside_columns(text):
    pages = [
        [
            *by_row(["The Harbour Herald"], ["Monday"], top=760),
            *by_row(LEFT, MIDDLE),
            *lines(str(number), top=40, left=225),
        ]
        for number in (1, 2, 3)
    ]
    assert text(*pages) == " ".join([flow(LEFT, MIDDLE)] * 3)


def test_footnotes_come_after_the_columns(text):
    note = "1 This is what the council said in its meeting of last week."
    page = [*by_row(LEFT, MIDDLE), *lines(note, top=600)]
    assert text(page).split("\n\n") == [flow(LEFT, MIDDLE), note]


FIELD = "/FT /Tx /T (%s) /V %s"


def test_what_stands_in_form_fields_is_text(text):
    page = lines("Notice of closing", "Name of the pier:", "Closed from:", "Closing note")
    fields = [
        ((72, 690, 400, 712), FIELD % ("a", "(It opens again in 2026.)")),
        ((170, 742, 300, 760), FIELD % ("b", "(Old Pier)")),
        ((150, 728, 300, 744), FIELD % ("c", "<feff00330020004d00610079>")),
    ]
    typed = "This notice hangs at the pier until it opens again."
    note = f"/Subtype /FreeText /Rect [72 600 500 620] /Contents ({typed})"
    assert text(page, fields=fields, notes=[note]).split("\n\n") == [
        "Notice of closing",
        "Name of the pier: Old Pier",
        "Closed from: 3 May",
        "Closing note",
        "It opens again in 2026.",
        typed,
    ]


def test_fields_of_several_lines_and_above_all_text(text):
    fields = [((72, 770, 400, 790), FIELD % ("a", r"(The pier is\rold.\r\rIt closes.)"))]
    assert text(lines("Notice"), fields=fields).split("\n\n") == [
        "The pier is old.",
        "It closes.",
        "Notice",
    ]


def test_fields_of_a_turned_page(text):
    # Where (150, 742) to (300, 760) is on the page as it is seen.
    fields = [((792 - 760, 150, 792 - 742, 300), FIELD % ("a", "(Old Pier)"))]
    page = lines("Notice", "Pier:")
    assert text(page, fields=fields, rotation=90).split("\n\n") == ["Notice", "Pier: Old Pier"]


def test_empty_hidden_and_secret_fields_are_no_text(text):
    fields = [
        ((120, 742, 300, 760), "/FT /Tx /T (a)"),
        ((120, 742, 300, 760), "/FT /Tx /T (b) /V ( )"),
        ((120, 742, 300, 760), "/FT /Tx /T (c) /Ff 8192 /V (secret)"),
        ((120, 742, 300, 760), "/FT /Btn /Ff 65536 /T (d) /MK << /CA (Send) >>"),
        ((120, 742, 300, 760), "/FT /Sig /T (e)"),
    ]
    page = lines("Notice of closing", "Name:")
    assert text(page, fields=fields) == "Notice of closing Name:"


def test_boxes_are_ticked_or_not(text):
    page = [*lines("Open on"), (90, 720, "Sunday"), (190, 720, "Monday")]
    appearance = "/AP << /N << /Yes 3 0 R /Off 3 0 R >> >>"
    fields = [
        ((74, 718, 86, 730), "/FT /Btn /T (a) /V /Yes", f"/AS /Yes {appearance}"),
        ((174, 718, 186, 730), "/FT /Btn /T (b) /V /Off", f"/AS /Off {appearance}"),
    ]
    assert text(page, fields=fields) == "Open on\n\n☑ Sunday ☐ Monday"


def test_what_is_chosen_from_a_list(text):
    options = "/Opt [[(n) (North quay)] [(s) (South quay)] [(e) (East quay)]]"
    fields = [
        ((130, 742, 300, 760), f"/FT /Ch /Ff 131072 /T (a) /V (s) {options}"),
        ((130, 728, 300, 744), f"/FT /Ch /Ff 2097152 /T (b) /V [(n) (e)] {options}"),
    ]
    assert text(lines("Notice", "Arrival:", "Departure:"), fields=fields).split("\n\n") == [
        "Notice",
        "Arrival: South quay",
        "Departure: North quay, East quay",
    ]


def test_text_that_was_typed_onto_a_page(text):
    typed = "/Subtype /FreeText /Rect [130 742 300 760] /Contents (Ann Reed) /DA (/F1 12 Tf)"
    comment = "/Subtype /Text /Rect [130 742 300 760] /Contents (Check this!)"
    page = lines("Notice", "Signed:")
    assert text(page, notes=[typed, comment]) == "Notice\n\nSigned: Ann Reed"


def test_unticked_boxes_alone_are_no_text(fault, draw_pdf):
    box = ((74, 718, 86, 730), "/FT /Btn /T (a) /V /Off")
    assert fault("a.pdf", draw_pdf([[]], fields=[box])).reason.startswith("has no text")
