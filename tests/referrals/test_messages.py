"""What adviser and garage write to each other: read by the two of them, once each, with its files or not at all."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from mobiliz.lib import storage
from mobiliz.lib.documents import read
from mobiliz.lib.sealed import unseal_bytes
from referrals import attachments, transitions
from referrals.models import Assignment, Attachment, CaseMessage, LogEntry
from referrals.models.messages import MAX_FILES
from referrals.states import DeclineReason
from referrals.tasks import remove_stray_attachments
from referrals.transitions import Overtaken, Refused
from referrals.transitions import messages as writing
from tests.cast import actor
from tests.factories import journey
from tests.factories.pictures import jpeg, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def held(adviser, workshop):
    return journey.accepted(adviser, workshop)


def write(held, member, text="Peut-elle venir à 9 h ?", **given):
    return transitions.write_message(held, text=text, by=actor(member), **given)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def a_pdf(name="facture.pdf"):
    return read(pdf(b"une facture"), name)


# --- written ----------------------------------------------------------------------------------------------
def test_both_sides_write_and_the_log_knows(held, adviser, reception):
    write(held, reception)
    write(held, adviser, "Oui, elle vient avec sa sœur.")
    sides = list(CaseMessage.objects.of_assignment(held).order_by("pk").values_list("side", flat=True))
    assert sides == ["garage", "sender"]
    entries = LogEntry.objects.of_assignment(held).of_verb("write_message")
    assert [entry.detail["files"] for entry in entries] == [0, 0]
    assert "sœur" not in str(list(entries.values()))


def test_what_is_written_is_encrypted_in_the_database(held, adviser):
    write(held, adviser, "Elle s’appelle Nadia.")
    with connection.cursor() as cursor:
        cursor.execute("select text from referrals_casemessage")
        assert b"Nadia" not in bytes(cursor.fetchone()[0])


def test_a_form_sent_twice_writes_one_message(held, adviser):
    key = uuid4()
    assert write(held, adviser, key=key) == write(held, adviser, key=key)
    assert write(held, adviser, "Autre chose", key=key) != write(held, adviser, key=key)
    assert CaseMessage.objects.count() == 2


def test_nothing_is_no_message(held, adviser):
    with pytest.raises(Refused, match="Écrivez un message"):
        write(held, adviser, "   ")


@pytest.mark.parametrize(
    ("who", "may"),
    [("adviser", True), ("reception", True), ("owner", True), ("other_adviser", False), ("pilot", False),
     ("other_garage_workshop", False), ("volunteer", False), ("administrator", False), ("stranger", False)],
)  # fmt: skip
def test_only_the_two_sides_write_and_read(held, member, who, may):
    write(held, member("adviser"))
    if may:
        assert write(held, member(who)).pk
    else:
        with pytest.raises(PermissionDenied):
            write(held, member(who))
    assert CaseMessage.objects.visible_to(actor(member(who))).exists() is may


def test_before_it_accepts_a_garage_telephones(adviser, workshop, garage):
    held = journey.sent(adviser, garage)
    with pytest.raises(Overtaken):
        write(held, workshop)


def test_a_garage_that_lost_the_case_writes_and_reads_nothing_more(held, adviser, workshop):
    write(held, adviser, "Elle s’appelle Nadia.")
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert not CaseMessage.objects.visible_to(actor(workshop)).exists()
    for member in (workshop, adviser):
        with pytest.raises(Overtaken, match="rendue par le garage"):
            write(held, member)
    assert CaseMessage.objects.visible_to(actor(adviser)).exists()


def test_the_next_garage_reads_nothing_of_what_was_written_before(
    held, adviser, workshop, other_garage, other_garage_workshop
):
    write(held, adviser, "Elle s’appelle Nadia.")
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    after = transitions.assign(held.referral, garage=other_garage, by=actor(adviser))
    transitions.accept(after, by=actor(other_garage_workshop))
    assert not CaseMessage.objects.visible_to(actor(other_garage_workshop)).exists()


def test_a_consent_withdrawn_ends_the_sharing(held, adviser, workshop):
    write(held, adviser)
    transitions.withdraw(held.referral, reason="Ne veut plus", by=actor(adviser), withdraws_consent=True)
    assert not CaseMessage.objects.visible_to(actor(workshop)).exists()


def test_after_a_repair_one_can_still_ask(adviser, workshop):
    held = journey.completed(adviser, workshop)
    assert write(held, adviser, "La facture est-elle prête ?").pk
    assert journey.fresh(held).referral.state == "completed"


# --- read -------------------------------------------------------------------------------------------------
def test_read_by_the_other_side_once_and_by_whom(held, adviser, workshop, owner):
    message = write(held, workshop)
    assert transitions.read_messages(held, by=actor(owner)) == 0  # the garage’s own
    assert transitions.read_messages(held, by=actor(adviser)) == 1
    first = journey.fresh(message).read_at
    assert transitions.read_messages(held, by=actor(adviser)) == 0
    message = journey.fresh(message)
    assert (message.read_at, message.read_by) == (first, adviser)


def test_the_desks_count_what_is_unread(held, adviser, workshop):
    for text in ("Un", "Deux"):
        write(held, workshop, text)
    write(held, adviser, "Trois")
    [waiting] = Assignment.objects.visible_to(actor(adviser)).with_unread("sender")
    assert waiting.unread == 2
    [waiting] = Assignment.objects.visible_to(actor(workshop)).with_person_shown().with_unread("garage")
    assert waiting.unread == 1
    transitions.read_messages(held, by=actor(adviser))
    assert not Assignment.objects.visible_to(actor(adviser)).with_unread("sender")


def test_a_pilot_who_looks_reads_nothing(held, workshop, pilot):
    message = write(held, workshop)
    assert transitions.read_messages(held, by=actor(pilot)) == 0
    assert journey.fresh(message).read_at is None


@pytest.mark.parametrize("change", ["text = ''", "at = now()", "side = 'sender'"])
def test_the_database_changes_no_message(held, workshop, change):
    write(held, workshop)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update referrals_casemessage set {change}")


def test_the_database_deletes_no_message(held, workshop):
    message = write(held, workshop)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        message.delete()


# --- files ------------------------------------------------------------------------------------------------
def test_files_are_kept_encrypted_under_names_that_say_nothing(held, adviser, folder):
    message = write(held, adviser, files=[a_pdf("Carte grise Benali.pdf"), read(jpeg("red"), "photo.png")])
    first, second = message.attachments.in_order()
    assert (first.name, first.is_image, second.name, second.is_image) == (
        "Carte grise Benali.pdf", False, "photo.jpg", True,
    )  # fmt: skip
    assert files(folder) == {
        f"{first.uid.hex}.sealed", f"{second.uid.hex}.sealed", f"{second.uid.hex}.small.sealed",
    }  # fmt: skip
    kept = (folder / first.file_name).read_bytes()
    assert b"PDF" not in kept
    assert unseal_bytes(kept) == pdf(b"une facture").read()


def test_a_file_alone_is_a_message(held, adviser):
    assert write(held, adviser, "", files=[a_pdf()]).attachments.count() == 1


def test_too_many_files_leave_nothing(held, adviser, folder):
    with pytest.raises(Refused, match="Cinq pièces jointes au plus"):
        write(held, adviser, files=[a_pdf()] * (MAX_FILES + 1))
    assert not files(folder)


def test_a_case_keeps_so_many_files_and_no_more(held, adviser, folder, monkeypatch):
    monkeypatch.setattr(writing, "MAX_FILES_OF_CASE", 2)
    write(held, adviser, files=[a_pdf(), a_pdf()])
    with pytest.raises(Refused, match="2 pièces jointes au plus, et il en a déjà 2") as refused:
        write(held, adviser, files=[a_pdf()])
    assert refused.value.field == "files"
    assert len(files(folder)) == 2
    assert CaseMessage.objects.count() == 1


def test_a_double_click_keeps_each_file_once(held, adviser, folder):
    key = uuid4()
    for _press in range(2):
        write(held, adviser, key=key, files=[a_pdf()])
    assert (Attachment.objects.count(), len(files(folder))) == (1, 1)


def test_a_full_disk_is_said_and_leaves_neither_message_nor_file(held, adviser, folder, monkeypatch):
    real, written = storage.PrivateStorage._save, []

    def full_after_one(self, name, content):
        if written:
            raise OSError(28, "No space left on device")
        written.append(name)
        return real(self, name, content)

    monkeypatch.setattr(storage.PrivateStorage, "_save", full_after_one)
    with pytest.raises(Refused, match="n’a plus de place") as refused:
        write(held, adviser, files=[a_pdf(), a_pdf()])
    assert refused.value.field == "files"
    assert (CaseMessage.objects.count(), files(folder)) == (0, set())
    assert not LogEntry.objects.of_assignment(held).of_verb("write_message").exists()


def test_a_case_lost_while_the_files_were_written_leaves_no_file(held, adviser, workshop, folder):
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    with pytest.raises(Overtaken):
        write(held, adviser, files=[a_pdf()])
    assert not files(folder)


def test_files_without_a_row_go_at_night_and_the_others_stay(held, adviser, folder, monkeypatch):
    message = write(held, adviser, files=[a_pdf()])
    stray = folder / "attachments" / "ab" / f"{uuid4().hex}.sealed"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    monkeypatch.setattr(attachments, "STRAY_AFTER", -attachments.STRAY_AFTER)
    assert remove_stray_attachments() == 1
    assert files(folder) == {Path(message.attachments.get().file_name).name}
