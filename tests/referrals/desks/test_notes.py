"""Notes and calls: written once, read by the sender's side alone, corrected beside what they correct."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from mobiliz.lib import clock
from referrals import noting
from referrals.models import Called, Note
from referrals.noting import CallInput
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db

NIR = "1 85 05 78 006 084 36"
KEY = "6b1f0a4e-8f1c-4c5e-9a53-0d5f3f2d9c11"


def case(referral):
    return reverse("referral_case", args=[referral.uid])


def url(name, *args):
    return reverse(f"referral_{name}", args=args)


def text_of(response):
    return unescape(response.content.decode())


@pytest.fixture
def referral(adviser, garage):
    ContactFactory(garage=garage, first_name="Sandrine", last_name="Teyssier", phone="+33465713318")
    return journey.sent(adviser, garage).referral


def a_call(**changes):
    return {"whom": "person", "way": "out", "answer": "yes", "text": "Elle viendra mardi.", "key": KEY, **changes}


# --- notes ------------------------------------------------------------------------------------------------
def test_a_note_stands_in_the_thread_with_its_author(as_adviser, referral):
    response = as_adviser.post(url("note", referral.uid), {"text": "Plutôt après 17 h.", "key": KEY}, follow=True)
    assert response.redirect_chain[-1][0] == case(referral) + "#fil"
    page = text_of(response)
    assert "Plutôt après 17 h." in page
    assert "Aline Dubois" in page
    assert "La note est enregistrée." in page


def test_what_was_said_is_sealed(referral, adviser):
    noting.write_note(referral, text="Plutôt après 17 h.", by=actor(adviser))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM referrals_note")
        assert b"17 h" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("text", "said"), [("", "Écrivez la note."), (f"Son numéro : {NIR}", "numéro de sécurité sociale")]
)
def test_a_refused_note_is_shown_as_it_was_typed(as_adviser, referral, text, said):
    response = as_adviser.post(url("note", referral.uid), {"text": text, "key": KEY})
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert text in page
    assert not Note.objects.exists()


def test_a_note_sent_twice_is_written_once_and_another_text_is_another_note(as_adviser, referral):
    for text in ("Une fois", "Une fois", "Autre chose"):
        as_adviser.post(url("note", referral.uid), {"text": text, "key": KEY})
    assert [note.text for note in Note.objects.order_by("pk")] == ["Une fois", "Autre chose"]


def test_a_script_in_a_note_stays_text(as_adviser, adviser, referral):
    noting.write_note(referral, text="<script>alert(1)</script>", by=actor(adviser))
    assert "<script>alert" not in as_adviser.get(case(referral)).content.decode()


def test_a_note_is_for_the_senders_side_alone(client, request, referral, adviser):
    noting.write_note(referral, text="Confidence", by=actor(adviser))
    for who in ("pilot", "regional_pilot"):
        assert "Confidence" not in text_of(sign_in(client, request.getfixturevalue(who)).get(case(referral)))
        assert client.post(url("note", referral.uid), {"text": "Vu", "key": KEY}).status_code == 403
        assert client.post(url("call", referral.uid), a_call()).status_code == 403
    for who in ("workshop", "other_adviser", "agency_adviser", "volunteer"):
        sign_in(client, request.getfixturevalue(who))
        assert client.post(url("note", referral.uid), {"text": "Vu", "key": KEY}).status_code == 404
    assert Note.objects.count() == 1


def test_the_head_office_reads_the_notes_of_its_agency(as_adviser, agency_adviser):
    referral = journey.draft(agency_adviser)
    noting.write_note(referral, text="Du terrain", by=actor(agency_adviser))
    assert "Du terrain" in text_of(as_adviser.get(case(referral)))


# --- corrections ------------------------------------------------------------------------------------------
def test_a_correction_keeps_both(as_adviser, adviser, referral):
    note = noting.write_note(referral, text="Elle vient lundi.", by=actor(adviser))
    response = as_adviser.post(url("note_correct", referral.uid, note.uid), {"text": "Elle vient mardi."})
    assert response.status_code == 302
    page = text_of(as_adviser.get(case(referral)))
    assert "Note au dossier (rectification)" in page
    assert "Elle vient mardi." in page
    assert "voir la première version" in page
    assert "Elle vient lundi." in page


def test_a_correction_sent_twice_is_one_and_a_second_one_is_of_the_last_version(as_adviser, adviser, referral):
    note = noting.write_note(referral, text="Lundi", by=actor(adviser))
    address = url("note_correct", referral.uid, note.uid)
    assert as_adviser.post(address, {"text": "Mardi"}).status_code == 302
    assert as_adviser.post(address, {"text": "Mardi"}).status_code == 302
    response = as_adviser.post(address, {"text": "Mercredi"})
    assert response.status_code == 422
    assert "rectifiez la dernière version" in text_of(response)
    assert Note.objects.count() == 2


def test_nobody_corrects_a_colleagues_note(as_adviser, agency_adviser):
    referral = journey.draft(agency_adviser)
    note = noting.write_note(referral, text="Lundi", by=actor(agency_adviser))
    assert "Rectifier" not in text_of(as_adviser.get(case(referral)))
    assert as_adviser.post(url("note_correct", referral.uid, note.uid), {"text": "Mardi"}).status_code == 403


def test_a_note_of_another_case_does_not_exist_here(as_adviser, adviser, referral):
    other = noting.write_note(journey.draft(adviser), text="Ailleurs", by=actor(adviser))
    assert as_adviser.post(url("note_correct", referral.uid, other.uid), {"text": "Ici"}).status_code == 404


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_keeps_a_note_as_it_was_written(adviser, referral, change):
    noting.write_note(referral, text="Lundi", by=actor(adviser))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Note.objects.update(who="x") if change == "update" else Note.objects.all().delete()


# --- calls ------------------------------------------------------------------------------------------------
def test_no_answer_is_noted_in_one_press_and_said_where_one_reads_what_to_do(as_adviser, referral):
    page = text_of(as_adviser.get(case(referral)))
    assert "Pas de réponse" in page
    response = as_adviser.post(
        url("call", referral.uid), {"whom": "person", "way": "out", "answer": "no", "key": KEY}, follow=True
    )
    page = text_of(response)
    assert "Appel à Nadia Benali : pas de réponse" in page
    assert "Dernier appel, aujourd’hui à" in page
    assert "Nadia Benali, pas de réponse." in page


def test_a_call_with_the_garages_contact_names_both(as_adviser, referral, garage):
    contact = garage.contacts.get()
    as_adviser.post(url("call", referral.uid), a_call(whom=f"contact-{contact.uid}", way="in"))
    page = text_of(as_adviser.get(case(referral)))
    assert "Appel de Sandrine Teyssier (Garage de la Loire)" in page
    assert "Elle viendra mardi." in page
    assert "Sandrine Teyssier a appelé." in page


def test_a_call_of_yesterday_says_when_it_was(as_adviser, referral):
    yesterday = clock.today() - timedelta(days=1)
    as_adviser.post(url("call", referral.uid), a_call(on=f"{yesterday:%d/%m/%Y}", hour="16h05"))
    page = text_of(as_adviser.get(case(referral)))
    assert "L’appel a eu lieu hier à 16\u00a0h\u00a005." in page
    assert "Dernier appel, hier à 16\u00a0h\u00a005" in page


def test_the_last_call_is_the_one_made_last_not_the_one_noted_last(adviser, referral):
    from referrals.desks.calls import last_call_of
    from referrals.models import Referral

    for person, hours in (("Mme Petit, CCAS", 1), ("M. Grand, CAF", 30)):
        made = CallInput(called=Called.OTHER, who=person, is_reached=True, at=clock.now() - timedelta(hours=hours))
        noting.note_call(referral, call=made, by=actor(adviser))
    assert "Mme Petit" in last_call_of(Referral.objects.for_case(actor(adviser)).get(pk=referral.pk))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"whom": ""}, "Dites avec qui."),
        ({"whom": "contact-00000000-0000-4000-8000-000000000000"}, "n’est plus sur le dossier"),
        ({"whom": "other"}, "Dites avec qui vous étiez au téléphone."),
        ({"way": "up"}, "Sélectionnez un choix valide"),
        ({"answer": ""}, "Dites si vous vous êtes parlé."),
        ({"on": "01/01/2020"}, "Indiquez aussi l’heure"),
        ({"hour": "25 h"}, "Écrivez l’heure comme 16 h 05."),
        ({"on": "01/01/2099", "hour": "10 h"}, "dans le futur"),
        ({"text": NIR}, "numéro de sécurité sociale"),
        ({"whom": "other", "who": f"Mme {NIR}"}, "numéro de sécurité sociale"),
    ],
)
def test_a_wrong_call_is_said_beside_the_field_and_nothing_is_lost(as_adviser, referral, changes, said):
    response = as_adviser.post(url("call", referral.uid), a_call(**changes))
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert changes.get("text", "Elle viendra mardi.") in page
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("typed", "read"), [("16h", "16:00"), ("16 h 05", "16:05"), ("9:30", "09:30"), ("0805", "08:05")]
)
def test_an_hour_is_read_as_people_write_it(typed, read):
    from referrals.forms.notes import HourFieldFr

    assert f"{HourFieldFr().clean(typed):%H:%M}" == read


def test_a_call_sent_twice_is_noted_once(as_adviser, referral):
    for _time in range(2):
        as_adviser.post(url("call", referral.uid), a_call())
    assert Note.objects.count() == 1


def test_the_address_of_a_line_opens_the_form_on_that_person(as_adviser, referral):
    page = text_of(as_adviser.get(case(referral) + "?appel=person"))
    assert '<option value="person" selected>' in page


# --- the thread -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("only", "has_note", "has_act"),
    [("", True, True), ("notes", True, False), ("actes", False, True), ("x", True, True)],
)
def test_the_thread_is_narrowed_by_links(as_adviser, adviser, referral, only, has_note, has_act):
    noting.write_note(referral, text="Plutôt après 17 h.", by=actor(adviser))
    page = text_of(as_adviser.get(case(referral), {"fil": only}))
    assert ("Plutôt après 17 h." in page) == has_note
    assert ("Dossier ouvert" in page) == has_act


def test_notes_and_acts_of_one_long_thread_are_read_once_each(adviser, referral):
    from referrals.desks.adviser.thread import thread_of
    from referrals.models import Referral

    for number in range(70):
        noting.write_note(referral, text=f"Note {number}", by=actor(adviser))
    loaded = Referral.objects.for_case(actor(adviser)).get(pk=referral.pk)
    seen, before = [], ""
    for _page in range(4):
        thread = thread_of(loaded, actor(adviser), before=before)
        seen += [getattr(event, "said", event.title) for day in thread.days for event in day.events]
        before = thread.older
        if not before:
            break
    assert len(seen) == len(set(seen)) == 72
    assert seen[0] == "Note 69"
    assert seen[-1] == "Dossier ouvert"


def test_many_notes_cost_no_more_queries_than_none(as_adviser, adviser, referral, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        as_adviser.get(case(referral))
    for number in range(12):
        noting.write_note(referral, text=f"Note {number}", by=actor(adviser))
    with django_assert_max_num_queries(12) as many:
        as_adviser.get(case(referral))
    assert len(many) == len(few)
