"""Someone whom another structure helps already: what matches, what is told, what is kept, and whom a pilot links."""

import importlib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from structlog.testing import capture_logs

from mobiliz.lib import clock
from mobiliz.lib.limits import Limit
from referrals import transitions
from referrals.identity import name_and_birth, phone_and_birth
from referrals.models import Beneficiary, Consent, ElsewhereAnswer, Incident, LogEntry, Lookalike, Referral
from referrals.states import Outcome
from referrals.transitions import ConsentInput, ElsewhereInput, HelpedElsewhere, PersonInput, Refused, duplicates
from tests.cast import actor
from tests.factories import journey
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db

BORN = date(1986, 5, 1)
NEW_KEY = "a" * 43 + "="
ASK, OTHER_NEED, NOT_SAME = (ElsewhereInput(answer=one, words="Une autre voiture") for one in ElsewhereAnswer)


def register(member, **person):
    """As the page does it: looked for at other structures."""
    return journey.draft(member, looks_elsewhere=True, **person)


def told(member, **person):
    """What is told of other structures; None when nothing is."""
    try:
        register(member, **person)
    except HelpedElsewhere as found:
        return found
    return None


# --- what matches -----------------------------------------------------------------------------------------
KNOWN = {"last_name": "Lefèvre", "first_name": "Jean-Marc", "birth_date": BORN, "phone": "+33639981247"}


@pytest.mark.parametrize(
    ("said", "matches"),
    [
        ({}, True),
        ({"last_name": "LEFEVRE", "first_name": "jean marc"}, True),  # accents, capitals, hyphen
        ({"last_name": "Jean-Marc", "first_name": "Lefèvre"}, True),  # one for the other
        ({"last_name": "Lefèvre", "first_name": "Marc Jean"}, True),  # any order
        ({"last_name": "  Lefèvre ", "first_name": "Jean–Marc"}, True),  # spaces, another dash
        ({"phone": ""}, True),  # the name and the day are enough
        ({"phone": "+33611111111"}, True),
        ({"last_name": "Dupont", "first_name": "J."}, True),  # the telephone and the day are enough
        ({"last_name": "Lefebvre", "phone": ""}, False),  # a slip of the pen is another person
        ({"first_name": "Jean", "phone": ""}, False),  # part of a name is not the name
        ({"birth_date": date(1986, 5, 2)}, False),  # another day, whatever else
        ({"birth_date": date(1986, 1, 5), "phone": ""}, False),
        ({"last_name": "Dupont", "first_name": "J.", "phone": "+33611111111"}, False),
        ({"last_name": "Dupont", "first_name": "J.", "phone": ""}, False),
    ],
)
def test_all_of_the_name_or_the_telephone_with_the_day_of_birth(adviser, other_adviser, said, matches):
    journey.draft(adviser, **KNOWN)
    assert bool(told(other_adviser, **{**KNOWN, **said})) == matches


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("Saint-Jean", "Ève"), ("ST JEAN", "Eve"), True),
        (("Œuvrard", "Zoé"), ("Oeuvrard", "Zoe"), True),
        (("D’Angelo", "Léa"), ("D'ANGELO", "Lea"), True),
        (("Ben Ali", "Nour"), ("Nour", "Ali Ben"), True),
        (("Benali", "Nour"), ("Ben Ali", "Nour"), False),
        (("Martin", "Anne Marie"), ("Martin", "Annemarie"), False),
    ],
)
def test_names_however_they_are_written(one, other, is_same):
    assert (name_and_birth(*one, BORN) == name_and_birth(*other, BORN)) == is_same


def test_nothing_is_the_key_of_nothing():
    assert (name_and_birth(" - ", "’", BORN), phone_and_birth("", BORN)) == ("", "")


def test_two_people_without_telephone_are_not_one(adviser, other_adviser):
    journey.draft(adviser, first_name="Nadia", phone="")
    assert told(other_adviser, first_name="Samir", phone="") is None


def test_whom_ones_own_structure_knows_is_no_matter_of_this(adviser, colleague):
    journey.draft(adviser)
    assert told(colleague) is None


@pytest.mark.parametrize(
    ("ends", "is_told"), [("runs", True), ("repaired", True), ("repaired_long_ago", False), ("closed", False)]
)
def test_who_is_helped_or_was_lately(adviser, other_adviser, workshop, ends, is_told):
    if ends == "repaired_long_ago":
        with journey.days_ago(400):
            journey.completed(adviser, workshop)
    elif ends == "repaired":
        journey.completed(adviser, workshop)
    else:
        referral = journey.draft(adviser)
        if ends == "closed":
            transitions.close(referral, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=actor(adviser))
    assert bool(told(other_adviser)) == is_told


def test_the_first_day_is_told_of_several(adviser, agency_adviser, other_adviser):
    with journey.days_ago(40):
        journey.draft(adviser)
    journey.draft(agency_adviser)
    assert told(other_adviser).since == clock.today() - timedelta(days=40)


# --- what is told -----------------------------------------------------------------------------------------
def test_the_message_names_nothing_but_the_day(adviser, other_adviser):
    with clock.moved_to(clock.now().replace(year=2026, month=3, day=3, hour=10)):
        journey.draft(adviser)
    found = told(other_adviser)
    assert (found.message, found.names) == ("Cette personne est déjà aidée depuis le 3\u00a0mars\u00a02026.", [])


def test_the_structure_is_named_where_the_person_agreed(adviser, other_adviser):
    journey.draft(adviser, names_structure=True)
    assert told(other_adviser).names == ["Wimoov"]


def test_once_that_is_taken_back_it_is_named_no_more_and_all_else_stands(adviser, other_adviser):
    person = journey.draft(adviser, names_structure=True).beneficiary
    for _ in range(2):
        transitions.stop_naming(person, by=actor(adviser))
    assert told(other_adviser).names == []
    before, now = Consent.objects.of_beneficiary(person.pk).order_by("pk")
    assert (before.is_in_force, now.is_in_force, now.given_on) == (False, True, before.given_on)
    assert [purpose for purpose in before.purposes if purpose not in now.purposes] == ["name_structure"]


def test_another_structure_takes_nothing_back(adviser, other_adviser):
    person = journey.draft(adviser, names_structure=True).beneficiary
    with pytest.raises(PermissionDenied):
        transitions.stop_naming(person, by=actor(other_adviser))


def test_of_a_person_who_took_consent_back_nothing_is_told(adviser, other_adviser):
    person = journey.draft(adviser, names_structure=True).beneficiary
    transitions.withdraw_consent(person, reason="Ne veut plus", by=actor(adviser))
    assert told(other_adviser) is None


def test_nothing_is_opened_before_the_question_is_answered(adviser, other_adviser):
    journey.draft(adviser)
    assert told(other_adviser)
    assert Referral.objects.count() == Beneficiary.objects.count() == 1


# --- what is answered -------------------------------------------------------------------------------------
def test_another_need_goes_on_with_its_reason(adviser, other_adviser):
    first = journey.draft(adviser)
    referral = register(other_adviser, elsewhere=OTHER_NEED)
    kept = Lookalike.objects.get()
    assert (kept.referral, kept.other_referral, kept.reason) == (referral, first, "Une autre voiture")
    assert not Incident.objects.exists()


def test_another_need_without_a_reason_does_not(adviser, other_adviser):
    journey.draft(adviser)
    with pytest.raises(Refused, match="quel autre besoin"):
        register(other_adviser, elsewhere=ElsewhereInput(answer=ElsewhereAnswer.OTHER_NEED, words=" "))
    assert Referral.objects.count() == 1


def test_two_people_are_said_once_for_a_pair(adviser, other_adviser):
    journey.draft(adviser)
    person = register(other_adviser, elsewhere=NOT_SAME).beneficiary
    again = _as_known(person)
    assert transitions.open_referral(person=again, consent=None, known=person, by=actor(other_adviser))


def test_what_was_said_by_the_one_side_holds_for_the_other(adviser, other_adviser):
    person = journey.draft(adviser).beneficiary
    register(other_adviser, elsewhere=NOT_SAME)
    assert transitions.open_referral(person=_as_known(person), consent=None, known=person, by=actor(adviser))


def test_another_need_is_asked_again_at_the_next(adviser, other_adviser):
    journey.draft(adviser)
    person = register(other_adviser, elsewhere=OTHER_NEED).beneficiary
    with pytest.raises(HelpedElsewhere):
        transitions.open_referral(person=_as_known(person), consent=None, known=person, by=actor(other_adviser))


def _as_known(person):
    names = ("first_name", "last_name", "birth_date", "commune", "phone")
    return PersonInput(**{name: getattr(person, name) for name in names})


def test_a_pilot_is_asked_by_an_incident_of_the_region(adviser, other_adviser):
    journey.draft(adviser)
    referral = register(other_adviser, elsewhere=ASK)
    incident = Incident.objects.get()
    assert (incident.referral, incident.kind, incident.words) == (referral, "duplicate_contact", "Une autre voiture")
    assert Lookalike.objects.get().incident == incident


# --- linked by a pilot ------------------------------------------------------------------------------------
@pytest.fixture
def asked(adviser, other_adviser):
    """ADIE asks about someone whom Wimoov helps; both people live in the pilot of Auvergne-Rhône-Alpes's region."""
    journey.draft(adviser)
    register(other_adviser, elsewhere=ASK)
    return Incident.objects.get()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("pilot", True),
        ("regional_pilot", True),
        ("other_regional_pilot", False),
        ("adviser", False),
        ("other_adviser", False),
    ],
)
def test_a_pilot_of_the_region_puts_both_in_touch(asked, member, who, may):
    if not may:
        with pytest.raises(PermissionDenied):
            transitions.connect(asked, words="Voyez ensemble", by=actor(member(who)))
        return
    transitions.connect(asked, words="Voyez ensemble", by=actor(member(who)))
    pair = Lookalike.objects.get()
    answered = Incident.objects.order_by("pk")
    assert [(one.referral, one.answer, one.resolution) for one in answered] == [
        (pair.referral, "Voyez ensemble", "connected"),
        (pair.other_referral, "Voyez ensemble", "connected"),
    ]
    assert (pair.other_incident, pair.linked_by) == (answered[1], member(who))


def test_before_that_the_other_side_knows_nothing(asked, adviser, pilot):
    hers = actor(adviser)
    assert not Incident.objects.visible_to(hers).exists()
    assert not Lookalike.objects.visible_to(hers).exists()
    transitions.connect(asked, words="Voyez ensemble", by=actor(pilot))
    assert Lookalike.objects.visible_to(hers).exists()
    assert Incident.objects.visible_to(hers).get().referral.organisation == adviser.organisation


def test_both_logs_say_so_in_codes(asked, pilot):
    transitions.connect(asked, words="Voyez ensemble", by=actor(pilot))
    for referral in Referral.objects.all():
        last = LogEntry.objects.of_referral(referral).latest_first().first()
        assert (last.verb, last.detail["resolution"]) == ("answer_incident", "connected")
    reported = LogEntry.objects.of_verb("report_incident")
    assert [entry.referral for entry in reported] == [asked.referral]  # pilots are told of what they have to answer


def test_in_touch_once(asked, pilot, regional_pilot):
    transitions.connect(asked, words="Voyez ensemble", by=actor(pilot))
    with pytest.raises(transitions.Overtaken, match="Hélène Caron"):
        transitions.connect(asked, words="Moi aussi", by=actor(regional_pilot))
    assert Incident.objects.count() == 2


def test_a_link_says_something(asked, pilot):
    with pytest.raises(Refused, match="convenu"):
        transitions.connect(asked, words=" ", by=actor(pilot))


def test_those_in_touch_are_not_asked_again(asked, pilot, other_adviser):
    transitions.connect(asked, words="Voyez ensemble", by=actor(pilot))
    person = asked.referral.beneficiary
    assert transitions.open_referral(person=_as_known(person), consent=None, known=person, by=actor(other_adviser))


def test_what_the_other_side_reads_is_not_counted_as_an_answer_in_no_time(asked, pilot):
    transitions.connect(asked, words="Voyez ensemble", by=actor(pilot))
    assert len(Incident.objects.answer_times(clock.now() - timedelta(days=1))) == 1


# --- the keys follow the person ---------------------------------------------------------------------------
def test_a_corrected_person_is_found_under_what_is_right(adviser, other_adviser, garage):
    referral = journey.sent(adviser, garage, last_name="Bennali").referral
    person = journey.identity(referral, last_name="Benali", phone="+33600000001")
    transitions.correct_person(referral, person=person, was_wrong=True, why="Faute", by=actor(adviser))
    assert told(other_adviser, last_name="Bennali", phone="") is None
    assert told(other_adviser, last_name="Benali", phone="")


def test_a_corrected_draft_too(adviser, other_adviser):
    referral = journey.draft(adviser, last_name="Bennali")
    transitions.update_person(referral, distance_agreed_km=30, last_name="Benali", by=actor(adviser))
    assert told(other_adviser, last_name="Benali", phone="")


def test_the_mark_of_a_record_that_ended_has_no_key(adviser):
    kept, ended = journey.draft(adviser).beneficiary, journey.draft(adviser, last_name="Bennali").beneficiary
    transitions.merge_people(kept, ended, by=actor(adviser))
    ended.refresh_from_db()
    assert (ended.name_key, ended.phone_key) == ("", "")
    kept.refresh_from_db()
    assert len(kept.name_key) == len(kept.phone_key) == 64


def test_what_was_said_of_a_record_passes_to_the_one_that_stays(adviser, other_adviser):
    journey.draft(adviser)
    ended = register(other_adviser, elsewhere=NOT_SAME).beneficiary
    kept = journey.draft(other_adviser, last_name="Autre", phone="").beneficiary
    transitions.merge_people(kept, ended, from_retired=["last_name", "phone"], by=actor(other_adviser))
    kept.refresh_from_db()
    assert Lookalike.objects.get().person == kept
    assert transitions.open_referral(person=_as_known(kept), consent=None, known=kept, by=actor(other_adviser))


def test_people_of_the_history_have_their_keys(adviser):
    rows = Beneficiary.objects.bulk_create(
        [
            Beneficiary(
                organisation=adviser.organisation,
                first_name="Nadia",
                last_name="Benali",
                birth_date=BORN,
                commune=commune("42218"),
            )
        ]
    )
    assert rows[0].name_key == journey.draft(adviser).beneficiary.name_key


def test_a_name_cannot_be_read_from_its_key_without_ours(adviser, settings):
    key = journey.draft(adviser).beneficiary.name_key
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    assert journey.draft(adviser).beneficiary.name_key != key


def test_keys_rotate_without_a_stop(adviser, other_adviser, settings):
    old = settings.FIELD_ENCRYPTION_KEYS[0]
    journey.draft(adviser)
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY, old]
    assert told(other_adviser)
    renewed = [StringIO(), StringIO()]
    for out in renewed:
        call_command("renew_identity_keys", stdout=out)
    assert [out.getvalue().strip() for out in renewed] == ["1", "0"]
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    assert Beneficiary.objects.identified_by(*_keys()).exists()


def _keys():
    identity = duplicates.Identity(last_name="Benali", first_name="Nadia", birth_date=BORN)
    return identity.names, identity.phones


def test_the_migration_fills_what_is_there(adviser):
    from django.apps import apps

    person = journey.draft(adviser).beneficiary
    keys = (person.name_key, person.phone_key)
    Beneficiary.objects.with_key(person.pk).update(name_key="", phone_key="")
    importlib.import_module("referrals.migrations.0019_fill_identity_keys").fill(apps, None)
    person.refresh_from_db()
    assert (person.name_key, person.phone_key) == keys


# --- nobody tries names -----------------------------------------------------------------------------------
def test_each_question_is_in_the_log_without_a_name(adviser, other_adviser):
    journey.draft(adviser)
    with capture_logs() as lines:
        told(other_adviser)
    [line] = [one for one in lines if one["event"] == "person_looked_for_elsewhere"]
    assert line == {
        "event": "person_looked_for_elsewhere",
        "log_level": "info",
        "actor": str(other_adviser.user.uid),
        "is_found": True,
    }


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(duplicates, "LOOKED_FOR", Limit("looked-for", 3, duplicates.DAY))
    monkeypatch.setattr(duplicates, "FOUND", Limit("found", 2, duplicates.DAY))


def test_an_account_looks_for_so_many_people_a_day_and_no_more(other_adviser, few):
    for number in range(3):
        register(other_adviser, first_name=f"Essai {number}", phone="")
    with capture_logs() as lines, pytest.raises(Refused, match="trop de personnes"):
        register(other_adviser, first_name="Essai 4", phone="")
    assert [one["log_level"] for one in lines if one["event"].startswith("too_many")] == ["warning"]


def test_and_finds_fewer(adviser, other_adviser, few):
    people = [{"first_name": f"Trouvée {number}", "phone": f"+3361111111{number}"} for number in range(3)]
    for person in people:
        journey.draft(adviser, **person)
    assert [bool(told(other_adviser, **person)) for person in people[:2]] == [True, True]
    # whoever is refused learns nothing by it: neither of someone who is helped, nor of someone who is not
    for person in (people[2], {"first_name": "Inconnue", "phone": ""}):
        with pytest.raises(Refused, match="trop de personnes"):
            register(other_adviser, **person)
    assert [bool(told(other_adviser, **person)) for person in people[:2]] == [True, True]


def test_the_same_form_sent_again_counts_once_and_another_account_by_itself(adviser, other_adviser, colleague, few):
    journey.draft(adviser)
    assert all(told(other_adviser) for _ in range(5))
    assert register(colleague, first_name="Autre", phone="")


def test_the_next_day_it_counts_anew(other_adviser, few):
    for number in range(3):
        register(other_adviser, first_name=f"Essai {number}", phone="")
    with clock.moved_to(clock.now() + timedelta(days=1)):
        assert register(other_adviser, first_name="Demain", phone="")


def test_whoever_may_open_no_dossier_asks_nothing(adviser, workshop, pilot):
    journey.draft(adviser)
    said = PersonInput(first_name="Nadia", last_name="Benali", birth_date=BORN, commune=commune("42218"))
    consent = ConsentInput(channel="oral", given_on=clock.today())
    for member in (workshop, pilot):
        with pytest.raises(PermissionDenied):
            transitions.open_referral(person=said, consent=consent, by=actor(member))
