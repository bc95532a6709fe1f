"""Keys rotate while the site works: every sealed column and file, stopped anywhere, nothing said otherwise."""

from io import StringIO
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from eligibility import assess
from eligibility.assess import replay
from eligibility.models import Assessment
from garages.models import Garage
from mobiliz.lib import resealing
from mobiliz.lib.models import KeyRotation
from referrals import attachments
from referrals.models import (
    Attachment,
    Beneficiary,
    CaseMessage,
    Incident,
    Lookalike,
    Need,
    Note,
    PreDiagnosis,
    Unfinished,
)
from referrals.noting import write_note
from tests.architecture.world import THINGS
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

NEW = Fernet.generate_key().decode()


@pytest.fixture
def cast(adviser, other_adviser, pilot, workshop, garage, other_garage):
    return {
        "adviser": adviser,
        "other_adviser": other_adviser,
        "pilot": pilot,
        "workshop": workshop,
        "garage": garage,
        "other_garage": other_garage,
    }


@pytest.fixture
def everything(cast, settings, tmp_path):
    """A row at least in every sealed column there is, under the old key, with the files of a message."""
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}},
    }
    Garage.objects.update(weekly_cap=20)
    unsure = journey.in_review(cast["adviser"]).assessment
    assess.approve_after_review(unsure, why="Vu", evidence="Avis", by=cast["pilot"], on=unsure.reference_date)
    for thing in ("incident_answered", "need", "incident_duplicate", "mail"):
        THINGS[thing](cast)
    accepted = journey.accepted(cast["adviser"], cast["workshop"])
    journey.message(accepted, cast["adviser"], pictures=1, pdfs=1)
    write_note(accepted.referral, text="Après 17 h", by=actor(cast["adviser"]))
    Unfinished.objects.create(membership=cast["adviser"], dossier=uuid4(), step="person", values={"q": ["Na"]})
    for model, facts in (
        (PreDiagnosis, {"confided": {"can_pay_eur": "150.00", "worries": []}}),
        (Need, {"words": "un siège"}),
        (Beneficiary, {"notes": "Appeler le soir"}),
        (Incident, {"words": "Rien", "answer": "Vu"}),
        (Lookalike, {"reason": "Deux cousins"}),
    ):
        assert model.objects.update(**facts)
    return said()


def said():
    """All that is sealed, in clear, by table, column and key."""
    return {
        (model._meta.label, column, row[0]): row[1]
        for model, columns in resealing.sealed_models()
        for column in columns
        for row in model._default_manager.filter(Q(**{f"{column}__isnull": False})).values_list("pk", column)
    }


def rotate(**options):
    out = StringIO()
    call_command("rotate_field_keys", stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.fixture
def old(settings):
    return settings.FIELD_ENCRYPTION_KEYS[0]


def with_keys(settings, *keys):
    settings.FIELD_ENCRYPTION_KEYS = list(keys)


def test_after_it_the_old_key_may_be_removed_and_everything_says_what_it_said(everything, settings, old):
    columns = {(model._meta.label, column) for model, columns in resealing.sealed_models() for column in columns}
    assert {(label, column) for label, column, _key in everything} == columns
    files = {one.uid: attachments.content_of(one.file_name) for one in Attachment.objects.all()}
    with_keys(settings, NEW, old)
    lines = rotate(batch=2)
    assert lines[-1].startswith(f"{len(everything) + 3} valeurs et fichiers sont sous la nouvelle clé.")
    raw = _raw()
    assert len(rotate()) == 1  # again: it changes nothing
    assert _raw() == raw
    with_keys(settings, NEW)
    assert said() == everything
    assert {one.uid: attachments.content_of(one.file_name) for one in Attachment.objects.all()} == files
    assert attachments.content_of(Attachment.objects.get(kind="image").thumbnail_name)
    assert all(replay(one) for one in Assessment.objects.with_rules())
    with_keys(settings, old)
    with pytest.raises(InvalidToken):
        said()


def _raw():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, facts, trace FROM eligibility_assessment ORDER BY id")
        return [(key, bytes(facts), bytes(trace)) for key, facts, trace in cursor.fetchall()]


def test_stopped_in_mid_batch_it_goes_on_from_the_batch_before(everything, settings, old, monkeypatch):
    with_keys(settings, NEW, old)
    keys, columns = resealing.Keys(), ["facts", "trace", "decision_note"]
    pks = list(Assessment.objects.order_by("pk").values_list("pk", flat=True))
    reseal_row, rows = resealing._reseal_row, []

    class Killed(BaseException):
        """As where the machine went."""

    def dying(cursor, model, key, *more):
        rows.append(key)
        if len(rows) == 4:
            raise Killed
        reseal_row(cursor, model, key, *more)

    monkeypatch.setattr(resealing, "_reseal_row", dying)
    with pytest.raises(Killed):
        resealing.reseal_table(Assessment, columns, keys, 2)
    assert KeyRotation.objects.get().reached == str(pks[1])
    rows.extend([0, 0])  # from now on it lives
    resealing.reseal_table(Assessment, columns, keys, 2)
    assert rows == [*pks[:4], 0, 0, *pks[2:]]
    assert KeyRotation.objects.get().is_done
    assert resealing.reseal_table(Assessment, columns, keys, 2).seen == 0
    with_keys(settings, NEW)
    assert all(replay(one) for one in Assessment.objects.with_rules())


def test_what_somebody_changes_meanwhile_stays_as_they_wrote_it(everything, settings, old, monkeypatch):
    with_keys(settings, NEW, old)
    renewed = resealing.Keys.renewed

    def slow(self, token):
        Beneficiary.objects.update(notes="écrit entre-temps")
        return renewed(self, token)

    monkeypatch.setattr(resealing.Keys, "renewed", slow)
    resealing.reseal_table(Beneficiary, ["notes"], resealing.Keys(), 100)
    with_keys(settings, NEW)
    assert set(Beneficiary.objects.values_list("notes", flat=True)) == {"écrit entre-temps"}


def test_a_process_that_still_writes_under_the_old_key_is_told_of(everything, settings, old, monkeypatch):
    with_keys(settings, NEW, old)
    begin_anew = resealing.begin_anew

    def written_meanwhile(keys):
        with_keys(settings, old)
        Beneficiary.objects.update(notes="sous l’ancienne clé")
        with_keys(settings, NEW, old)
        begin_anew(keys)

    monkeypatch.setattr("mobiliz.lib.management.commands.rotate_field_keys.begin_anew", written_meanwhile)
    with pytest.raises(CommandError, match="ancienne clé"):
        rotate()
    monkeypatch.setattr("mobiliz.lib.management.commands.rotate_field_keys.begin_anew", begin_anew)
    rotate()
    with_keys(settings, NEW)
    assert said()


def test_what_no_key_opens_is_counted_left_alone_and_the_old_keys_are_to_stay(everything, settings):
    with_keys(settings, NEW, Fernet.generate_key().decode())
    before = _raw()
    with pytest.raises(CommandError, match="aucune clé connue"):
        rotate()
    assert _raw() == before


FORBIDDEN = (
    "UPDATE referrals_note SET text = NULL",
    "UPDATE referrals_note SET at = now()",
    "UPDATE referrals_casemessage SET at = now()",
    "UPDATE referrals_attachment SET size = 1",
    "UPDATE referrals_logentry SET at = now()",
    "DELETE FROM referrals_note",
    "DELETE FROM referrals_attachment",
)


def done(statement):
    """By a session that says that it reseals."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mobiliz.resealing', 'yes', true)")
        cursor.execute(statement)


def test_whoever_says_that_they_reseal_changes_nothing_else(everything):
    for statement in FORBIDDEN:
        with pytest.raises(IntegrityError, match=r"append-only|never changed"):
            done(statement)


def test_once_it_is_done_the_session_may_change_nothing_more(everything, settings, old):
    with_keys(settings, NEW, old)
    rotate()
    for model, column in ((Note, "text"), (CaseMessage, "text"), (Assessment, "facts")):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**{column: "autre"})
