"""Photos on the pages: added with and without script, nothing typed lost, shown to those who may see them."""

import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from mobiliz.lib import storage
from referrals import transitions
from referrals.models import LogEntry, Photo
from referrals.models.photos import MAX_PHOTOS
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.pictures import jpeg

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}
COLOURS = ["red", "blue", "green", "yellow", "black", "white", "orange", "purple", "brown", "grey"]


def a_photo(colour="red", name="IMG_2034.jpg"):
    return SimpleUploadedFile(name, jpeg(colour).getvalue(), "image/jpeg")


def no_photo(name="photo.svg"):
    return SimpleUploadedFile(name, b"<svg onload='alert(1)'></svg>", "image/jpeg")


def typed(**changes):
    return {
        "make": "Renault",
        "model": "Clio",
        "first_registered_year": "2015",
        "complaint": "Elle chauffe dans les montées.",
        "symptoms": ["heat_gauge", "leak_coolant"],
        "is_drivable": "no",
        "since": "weeks",
        **changes,
    }


def text_of(response):
    return response.content.decode()


def step(referral):
    return reverse("referral_vehicle", args=[referral.uid])


def photos_of(referral):
    return reverse("referral_photos", args=[referral.uid])


def positions(referral):
    return [photo.position for photo in Photo.objects.of_referral(referral).in_order()]


@pytest.fixture
def draft(adviser):
    return journey.draft(adviser)


# --- on the step of the vehicle, without script -----------------------------------------------------------
def test_photos_sent_with_the_step_are_kept_and_one_goes_on(as_adviser, draft):
    response = as_adviser.post(step(draft), typed(photos=[a_photo("red"), a_photo("blue")]))
    assert response.status_code == 302
    assert positions(draft) == [1, 2]
    assert journey.fresh(draft).prediagnosis.symptoms == ["heat_gauge", "leak_coolant"]


def test_adding_photos_alone_loses_nothing_typed_and_judges_nothing(as_adviser, draft):
    unready = typed(first_registered_year="deux mille", is_drivable="", photos=[a_photo()])
    response = as_adviser.post(step(draft), {**unready, "ajouter-photos": "1"})
    page = text_of(response)
    assert response.status_code == 200
    assert "La photo est ajoutée." in page
    assert 'value="deux mille"' in page
    assert "Elle chauffe dans les montées." in page
    assert re.search(r'value="heat_gauge" checked', page)
    assert "revoir" not in page
    assert positions(draft) == [1]
    assert journey.fresh(draft).vehicle_id is None


def test_a_bad_file_is_named_beside_the_field_the_good_ones_and_the_rest_are_kept(as_adviser, draft):
    response = as_adviser.post(step(draft), typed(photos=[a_photo(), no_photo("<b>.svg"), a_photo("blue")]))
    page = text_of(response)
    assert response.status_code == 422
    assert "&lt;b&gt;.svg : C’est un dessin ou une page" in page
    assert 'href="#id_photos"' in page
    assert positions(draft) == [1, 2]
    assert journey.fresh(draft).prediagnosis.complaint == "Elle chauffe dans les montées."


def test_a_wrong_answer_keeps_the_photos_that_came_with_it(as_adviser, draft):
    response = as_adviser.post(step(draft), typed(is_drivable="", photos=[a_photo()]))
    assert response.status_code == 422
    assert positions(draft) == [1]
    assert "Photo 1" in text_of(response)


def test_more_than_eight_keep_the_first_and_say_so(as_adviser, draft):
    response = as_adviser.post(step(draft), typed(photos=[a_photo(colour) for colour in COLOURS]))
    assert response.status_code == 422
    assert "Huit photos au plus" in text_of(response)
    assert positions(draft) == list(range(1, MAX_PHOTOS + 1))


def test_a_full_disk_is_said_and_the_step_is_kept(as_adviser, draft, monkeypatch):
    def no_room(name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.private(), "save", no_room)
    response = as_adviser.post(step(draft), typed(photos=[a_photo()]))
    assert response.status_code == 422
    assert "notre serveur n’a plus de place" in text_of(response)
    assert journey.fresh(draft).prediagnosis.complaint == "Elle chauffe dans les montées."
    assert positions(draft) == []


def test_a_caption_is_kept_with_the_step_and_refuses_a_social_security_number(as_adviser, adviser, draft):
    photo = journey.add_photo(draft, adviser)
    name = f"legende-{photo.uid}"
    assert as_adviser.post(step(draft), typed(**{name: "voyant rouge"})).status_code == 302
    assert str(journey.fresh(photo)) == "Photo 1 : voyant rouge"
    refused = as_adviser.post(step(draft), typed(**{name: "2 85 05 42 218 123 46"}))
    assert refused.status_code == 422
    assert "numéro de sécurité sociale" in text_of(refused)
    assert journey.fresh(photo).caption == "voyant rouge"


def test_a_photo_is_taken_away_without_losing_what_was_typed(as_adviser, adviser, draft):
    first, second = journey.add_photo(draft, adviser), journey.add_photo(draft, adviser, colour="blue")
    data = typed(complaint="Pas fini", retirer=str(first.uid), **{f"legende-{second.uid}": "la fuite"})
    page = text_of(as_adviser.post(step(draft), data))
    assert "La photo 1 est retirée." in page
    assert "Pas fini" in page
    assert positions(draft) == [2]
    assert journey.fresh(second).caption == "la fuite"
    again = text_of(as_adviser.post(step(draft), data))  # as by the back button
    assert "retirée" not in again


def test_a_photo_of_another_case_is_not_taken_away_here(as_adviser, adviser, draft):
    other = journey.add_photo(journey.draft(adviser, first_name="Samir"), adviser)
    as_adviser.post(step(draft), typed(retirer=str(other.uid)))
    assert Photo.objects.count() == 1


# --- by themselves, with script, and once the case was sent -----------------------------------------------
def test_with_script_the_fragment_comes_back_as_the_page_shows_it(as_adviser, draft):
    response = as_adviser.post(photos_of(draft), {"photos": [a_photo()]}, **HTMX)
    fragment = text_of(response)
    assert response.status_code == 200
    assert fragment.strip().startswith('<div id="photos"')
    photo = Photo.objects.get()
    shown = [f'src="{reverse("photo_thumbnail", args=[photo.uid])}"', f'href="{reverse("photo", args=[photo.uid])}"']
    page = text_of(as_adviser.get(step(draft)))
    for part in (*shown, 'alt="Photo 1"'):
        assert part in fragment
        assert part in page


def test_with_script_a_bad_file_is_said_in_the_fragment(as_adviser, draft):
    response = as_adviser.post(photos_of(draft), {"photos": [no_photo()]}, **HTMX)
    assert response.status_code == 422
    assert "photo.svg : C’est un dessin" in text_of(response)


def test_a_sent_case_takes_more_photos_until_it_ends(as_adviser, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    case = reverse("referral_case", args=[referral.uid])
    assert photos_of(referral) in text_of(as_adviser.get(case))
    stays = as_adviser.post(photos_of(referral), {"photos": [a_photo()]})
    assert stays.headers["Location"] == photos_of(referral)
    leaves = as_adviser.post(photos_of(referral), {"photos": [a_photo("blue")], "terminer": "1"})
    assert leaves.headers["Location"] == case
    assert positions(referral) == [1, 2]
    transitions.withdraw(referral, reason="Hésite", by=actor(adviser))
    ended = as_adviser.post(photos_of(referral), {"photos": [a_photo("green")]}, follow=True)
    assert "ses photos ne changent plus" in text_of(ended)
    assert positions(referral) == [1, 2]
    assert photos_of(referral) not in text_of(as_adviser.get(case))


# --- who sees them ----------------------------------------------------------------------------------------
def test_the_garage_reads_fault_and_photos_before_it_accepts(adviser, workshop, garage):
    referral = journey.ready(adviser)
    photo = journey.add_photo(referral, adviser, caption='<script>"la fuite"')
    held = transitions.send(referral, garage=garage, by=actor(adviser))
    page = text_of(sign_in(Client(), workshop).get(reverse("assignment", args=[held.uid])))
    assert reverse("photo_thumbnail", args=[photo.uid]) in page
    assert "Photo 1 : &lt;script&gt;&quot;la fuite&quot;" in page
    assert "retirer" not in page


def test_a_garage_that_handed_the_case_over_sees_no_photo(adviser, workshop):
    assignment = journey.declined(adviser, workshop)
    photo = journey.add_photo(assignment.referral, adviser)
    browser = sign_in(Client(), workshop)
    assert str(photo.uid) not in text_of(browser.get(reverse("assignment", args=[assignment.uid])))
    assert browser.get(reverse("photo", args=[photo.uid])).status_code == 404


def test_a_picture_is_served_as_a_picture_and_nothing_else(as_adviser, adviser, draft):
    photo = journey.add_photo(draft, adviser)
    for name in ("photo", "photo_thumbnail"):
        answer = as_adviser.get(reverse(name, args=[photo.uid]))
        assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"] == 'inline; filename="photo-1.jpg"'
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_the_browser_has_is_not_sent_again_but_asked_about_each_time(as_adviser, adviser, draft):
    photo = journey.add_photo(draft, adviser)
    address = reverse("photo", args=[photo.uid])
    etag = as_adviser.get(address).headers["ETag"]
    again = as_adviser.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    as_adviser.post(step(draft), typed(retirer=str(photo.uid)))
    assert as_adviser.get(address, headers={"If-None-Match": etag}).status_code == 404


def test_a_picture_whose_file_is_lost_is_not_there(as_adviser, adviser, draft):
    photo = journey.add_photo(draft, adviser)
    storage.private().delete(photo.file_name)
    assert as_adviser.get(reverse("photo", args=[photo.uid])).status_code == 404


@pytest.mark.parametrize(("name", "most"), [("photo", 4), ("photo_thumbnail", 4)])
def test_a_picture_costs_few_queries(as_adviser, adviser, draft, name, most, django_assert_max_num_queries):
    photo = journey.add_photo(draft, adviser)
    with django_assert_max_num_queries(most):
        as_adviser.get(reverse(name, args=[photo.uid]))


def test_eight_photos_cost_as_many_queries_as_one(
    adviser, as_adviser, workshop, garage, django_assert_num_queries, django_assert_max_num_queries
):
    referral = journey.sent(adviser, garage).referral
    held = referral.assignments.get()
    pages = [
        (as_adviser, photos_of(referral)),
        (as_adviser, reverse("referral_case", args=[referral.uid])),
        (sign_in(Client(), workshop), reverse("assignment", args=[held.uid])),
    ]
    journey.add_photo(referral, adviser)
    before = []
    for browser, address in pages:
        browser.get(address)
        with django_assert_max_num_queries(12) as asked:
            browser.get(address)
        before.append(len(asked))
    for colour in COLOURS[1:MAX_PHOTOS]:
        journey.add_photo(referral, adviser, colour=colour)
    for (browser, address), count in zip(pages, before, strict=True):
        with django_assert_num_queries(count):
            browser.get(address)


# --- told, once a garage looks at it ----------------------------------------------------------------------
def told(referral):
    return [len(entry.detail["photos"]) for entry in LogEntry.objects.of_referral(referral).of_verb("tell_of_photos")]


def test_photos_added_after_sending_are_told_in_the_thread_and_to_the_garage_by_click_once(
    as_adviser, adviser, garage, workshop
):
    held = journey.sent(adviser, garage)
    for _click in range(2):
        as_adviser.post(photos_of(held.referral), {"photos": [a_photo("red"), a_photo("blue")]})
    assert told(held.referral) == [2]
    thread = unescape(text_of(as_adviser.get(reverse("referral_case", args=[held.referral.uid]))))
    assert "Photos ajoutées" in thread
    assert "2 de plus." in thread
    assert "Photos ajoutées" in unescape(
        text_of(sign_in(Client(), workshop).get(reverse("assignment", args=[held.uid])))
    )
    as_adviser.post(photos_of(held.referral), {"photos": [a_photo("red"), a_photo("green")]})
    assert told(held.referral) == [2, 1]


def test_photos_of_a_draft_are_told_to_nobody(as_adviser, draft):
    as_adviser.post(photos_of(draft), {"photos": [a_photo("red")]})
    assert positions(draft) == [1]
    assert told(draft) == []
