"""One text, two forms that say the same; nobody's words become a link or a mark."""

import pytest

from mobiliz.outbox.letters import letter, retry_delays

SITE = "https://mobiliz.example"
WRITTEN = """Une orientation vous attend

Bonjour Karim,

Clio de 2015, à Guéret.
Elle chauffe.

- roule encore
- depuis une semaine

[Répondre](https://mobiliz.example/s/abc.def/)
"""


def test_the_first_line_is_the_subject_and_the_text_reads_as_it_was_written():
    read = letter(WRITTEN, site=SITE)
    assert read.subject == "Une orientation vous attend"
    assert read.text == (
        "Bonjour Karim,\n\nClio de 2015, à Guéret.\nElle chauffe.\n\n- roule encore\n- depuis une semaine\n\n"
        "Répondre :\nhttps://mobiliz.example/s/abc.def/\n"
    )


def test_the_html_has_paragraphs_a_list_and_a_button():
    html = letter(WRITTEN, site=SITE).html
    assert "<p>Clio de 2015, à Guéret.<br>Elle chauffe.</p>" in html
    assert "<ul><li>roule encore</li><li>depuis une semaine</li></ul>" in html
    assert '<a class="button" href="https://mobiliz.example/s/abc.def/">Répondre</a>' in html


@pytest.mark.parametrize(
    "typed",
    [
        "[Gagnez](https://evil.example/)",
        "[x](https://mobiliz.example.evil.example/)",
        "[x](javascript:alert(1))",
        "<script>alert(1)</script>",
        '<a href="https://evil.example">ici</a>',
        "[x](https://mobiliz.example)",
    ],
)
def test_what_a_person_typed_stays_text(typed):
    read = letter(f"Sujet\n\n{typed}\n\nFin", site=SITE)
    assert "<a " not in read.html
    assert "<script" not in read.html
    assert typed in read.text


def test_a_name_over_two_lines_writes_no_header():
    assert letter("Dossier\tde \x0b Luc\n\nFin", site=SITE).subject == "Dossier de Luc"


@pytest.mark.parametrize("written", ["", "Sujet seul", "\n\n", "Sujet\n\n   \n"])
def test_a_letter_that_says_nothing_is_not_written(written):
    with pytest.raises(ValueError, match="subject"):
        letter(written, site=SITE)


def test_a_server_that_is_away_is_asked_again_for_a_day():
    hours = sum(retry_delays()) / 60
    assert 24 <= hours <= 26
