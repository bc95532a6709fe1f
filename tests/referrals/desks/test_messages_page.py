"""The thread between a case's advisers and its garage, as each of them reads and writes it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mobiliz.lib import storage
from referrals import transitions
from referrals.models import CaseMessage
from referrals.states import DeclineReason
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.pictures import jpeg, pdf

pytestmark = pytest.mark.django_db
NIR = "1 86 05 42 218 123 45"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def held(adviser, workshop):
    return journey.accepted(adviser, workshop)


@pytest.fixture
def as_workshop(workshop):
    return sign_in(Client(), workshop)


def address(held):
    return reverse("messages", args=[held.uid])


def read(client, held, status=200, **how):
    answer = client.get(address(held), **how)
    assert answer.status_code == status
    return answer.content.decode()


def key_of(html):
    return html.split('name="key" value="')[1].split('"')[0]


def a_pdf(name="facture.pdf"):
    return SimpleUploadedFile(name, pdf(b"une facture").read())


def test_what_one_writes_the_other_reads_once_as_new(as_adviser, as_workshop, held):
    html = read(as_workshop, held)
    sent = as_workshop.post(address(held), {"text": "Peut-elle venir à 9 h ?", "key": key_of(html)}, follow=True)
    assert "Message envoyé." in sent.content.decode()
    assert "pas encore lu" in sent.content.decode()
    first, second = read(as_adviser, held), read(as_adviser, held)
    assert "Peut-elle venir à 9 h ?" in first
    assert '<li data-sense="wait"' in first
    assert '<li data-sense="wait"' not in second
    assert "lu par Aline Dubois" in read(as_workshop, held)


def test_each_side_is_told_who_reads(as_adviser, as_workshop, held):
    assert "Messages avec Garage de la Loire" in read(as_adviser, held)
    assert "ni revenus, ni famille" in read(as_adviser, held)
    assert "Messages avec Aline Dubois (Wimoov)" in read(as_workshop, held)


def test_the_same_press_twice_writes_once(as_adviser, held):
    typed = {"text": "Elle vient.", "key": key_of(read(as_adviser, held))}
    for _press in range(2):
        assert as_adviser.post(address(held), typed).status_code == 302
    assert CaseMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"text": ""}, "Écrivez un message"), ({"text": f"Son numéro : {NIR}"}, "numéro de sécurité sociale")],
)
def test_what_cannot_be_sent_comes_back_as_it_was_typed(as_adviser, held, typed, said):
    answer = as_adviser.post(address(held), {**typed, "key": key_of(read(as_adviser, held))})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed["text"] in answer.content.decode()
    assert not CaseMessage.objects.exists()


def test_without_script_and_with_it_one_reads_the_same(as_adviser, held, workshop):
    journey.message(held, workshop, "Peut-elle venir ?", pictures=1)
    read(as_adviser, held)
    whole = read(as_adviser, held)
    part = read(as_adviser, held, headers={"HX-Request": "true"})
    inner = whole.split('<div id="echanges"')[1].split("Peut-elle venir ?")[1].split("</ol>")[0]
    assert part.lstrip().startswith('<div id="echanges"')
    assert inner in part
    assert "<h1>" not in part


# --- files ------------------------------------------------------------------------------------------------
def test_files_come_along_and_are_downloads(as_adviser, as_workshop, held):
    picture = SimpleUploadedFile("fuite.png", jpeg("red").read())
    typed = {"text": "Voici.", "key": key_of(read(as_adviser, held)), "files": [a_pdf(), picture]}
    assert as_adviser.post(address(held), typed).status_code == 302
    html = read(as_workshop, held)
    assert "facture.pdf" in html
    assert "fuite.jpg" in html
    message = CaseMessage.objects.get()
    document, image = message.attachments.in_order()
    answer = as_workshop.get(reverse("attachment", args=[document.uid]))
    assert answer.content == pdf(b"une facture").read()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="facture.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert as_workshop.get(reverse("attachment_thumbnail", args=[image.uid]))["Content-Type"] == "image/jpeg"
    assert as_workshop.get(reverse("attachment_thumbnail", args=[document.uid])).status_code == 404


@pytest.mark.parametrize("name", ["devis.pdf", "photo.jpg"])
def test_a_file_that_is_something_else_is_refused_by_name_and_the_words_stay(as_adviser, held, name):
    odd = SimpleUploadedFile(name, b"MZ\x90\x00 un programme")
    typed = {"text": "Voici le devis.", "key": key_of(read(as_adviser, held)), "files": [odd]}
    answer = as_adviser.post(address(held), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f"{name} : Ce n’est ni une photo ni un PDF" in html
    assert "Choisissez de nouveau les pièces à joindre." in html
    assert "Voici le devis." in html


def test_a_file_too_heavy_is_said_so(as_adviser, held, settings):
    settings.UPLOAD_MAX_FILE_BYTES = 1000
    heavy = SimpleUploadedFile("gros.pdf", b"%PDF-1.7" + b"x" * 2000 + b"%%EOF")
    answer = as_adviser.post(address(held), {"text": "", "key": key_of(read(as_adviser, held)), "files": [heavy]})
    assert answer.status_code == 422
    assert "dépasse 10 Mo" in answer.content.decode()


def test_a_full_disk_is_said_and_the_words_stay(as_adviser, held, monkeypatch):
    def full(self, name, content):
        raise OSError(28, "No space left on device")

    typed = {"text": "Voici.", "key": key_of(read(as_adviser, held)), "files": [a_pdf()]}
    monkeypatch.setattr(storage.PrivateStorage, "_save", full)
    answer = as_adviser.post(address(held), typed)
    assert answer.status_code == 422
    assert "n’a plus de place" in answer.content.decode()
    assert ">\nVoici.</textarea>" in answer.content.decode()


def test_a_file_that_is_gone_from_the_disk_is_not_found(as_adviser, held, adviser, folder):
    found = journey.message(held, adviser, pdfs=1).attachments.get()
    (folder / found.file_name).unlink()
    assert as_adviser.get(reverse("attachment", args=[found.uid])).status_code == 404


# --- the case moves on ------------------------------------------------------------------------------------
def test_before_the_garage_accepts_each_side_is_told_to_call(as_adviser, as_workshop, adviser, garage):
    held = journey.sent(adviser, garage)
    assert "Le fil s’ouvre quand vous acceptez" in read(as_workshop, held)
    assert "Le fil s’ouvre quand le garage accepte" in read(as_adviser, held)
    assert "<textarea" not in read(as_workshop, held)


def test_what_an_adviser_was_writing_to_a_garage_that_gave_up_is_not_lost(
    as_adviser, held, adviser, workshop, other_garage, other_garage_workshop
):
    key = key_of(read(as_adviser, held))
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    after = transitions.assign(held.referral, garage=other_garage, by=actor(adviser))
    transitions.accept(after, by=actor(other_garage_workshop))
    answer = as_adviser.post(address(held), {"text": "Elle vient à 9 h.", "key": key})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Votre message n’est pas parti" in html
    assert "Garage de la Loire n’a plus ce dossier : rendue" in html
    assert "Il est maintenant chez Garage de la Creuse." in html
    assert address(after) in html
    assert "Elle vient à 9 h.</textarea>" in html
    assert not CaseMessage.objects.exists()


def test_what_a_garage_was_writing_when_it_lost_the_case_is_not_lost_and_tells_nothing_newer(
    as_workshop, held, adviser, other_garage
):
    key = key_of(read(as_workshop, held))
    transitions.withdraw(held.referral, reason="Ne veut plus", by=actor(adviser), withdraws_consent=True)
    answer = as_workshop.post(address(held), {"text": "Le devis est prêt.", "key": key})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Cette orientation n’est plus chez vous" in html
    assert "Le devis est prêt.</textarea>" in html
    assert "Benali" not in html
    assert "Garage de la Creuse" not in html


def test_a_garage_that_lost_the_case_is_led_to_what_is_left(as_workshop, held, workshop):
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    answer = as_workshop.get(address(held))
    assert answer.url == reverse("assignment", args=[held.uid])


# --- desks and cases --------------------------------------------------------------------------------------
def test_a_desk_shows_what_is_unread_until_it_is_read(as_adviser, held, workshop):
    for text in ("Un", "Deux"):
        journey.message(held, workshop, text)
    desk = as_adviser.get(reverse("desk")).content.decode()
    assert "Messages non lus" in desk
    assert "2 messages" in desk
    assert address(held) in desk
    read(as_adviser, held)
    assert "Messages non lus" not in as_adviser.get(reverse("desk")).content.decode()


def test_the_garage_s_desk_shows_it_too(as_workshop, held, adviser):
    journey.message(held, adviser)
    assert "Messages non lus" in as_workshop.get(reverse("desk")).content.decode()


def test_a_colleague_s_case_does_not_fill_my_desk(held, workshop, colleague):
    journey.message(held, workshop)
    assert "Messages non lus" not in sign_in(Client(), colleague).get(reverse("desk")).content.decode()


def test_both_pages_of_the_case_lead_to_the_thread(as_adviser, as_workshop, held, adviser, workshop):
    journey.message(held, workshop)
    case = as_adviser.get(reverse("referral_case", args=[held.referral.uid])).content.decode()
    assert "1 nouveau message" in case
    journey.message(held, adviser)
    page = as_workshop.get(reverse("assignment", args=[held.uid])).content.decode()
    assert "1 nouveau message" in page


def test_a_pilot_finds_no_way_to_the_thread(as_pilot, held, workshop):
    journey.message(held, workshop)
    case = as_pilot.get(reverse("referral_case", args=[held.referral.uid])).content.decode()
    assert address(held) not in case
    assert as_pilot.get(address(held)).status_code == 403


def test_a_long_thread_comes_in_pages_and_costs_the_same(as_adviser, held, workshop, django_assert_max_num_queries):
    journey.message(held, workshop, "Le premier", pictures=1)
    read(as_adviser, held)
    with django_assert_max_num_queries(11) as few:
        read(as_adviser, held)
    for number in range(55):
        journey.message(held, workshop, f"Numéro {number}")
    read(as_adviser, held)
    with django_assert_max_num_queries(11) as many:
        html = read(as_adviser, held)
    assert abs(len(many) - len(few)) <= 1
    assert "Le premier" not in html
    older = html.split('href="?avant=')[1].split('"')[0]
    assert "Le premier" in as_adviser.get(address(held), {"avant": older}).content.decode()


def test_an_address_made_up_begins_at_the_newest(as_adviser, held, workshop):
    journey.message(held, workshop, "Bonjour")
    assert "Bonjour" in as_adviser.get(address(held), {"avant": "n'importe-quoi"}).content.decode()


def test_files_where_none_are_asked_for_are_not_read(as_adviser, held):
    answer = as_adviser.post(
        reverse("referral_note", args=[held.referral.uid]), {"text": "x", "file": io.BytesIO(b"x")}
    )
    assert answer.status_code == 400
