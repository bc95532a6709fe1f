"""What the two sides write to each other: kept, with its files, as long as the garage has the referral in hands.

Files are written first, encrypted; their rows afterwards, in the transaction of the message: whatever stops in between
leaves files that count for nothing, and a nightly task removes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.documents import PDF, CleanDocument
from referrals import attachments, permissions
from referrals.models import Assignment, Attachment, CaseMessage, Referral
from referrals.models.appointments import Side
from referrals.models.messages import MAX_FILES, MAX_FILES_OF_CASE, MAX_MESSAGES, Kind
from referrals.states import State, Verb
from referrals.transitions.core import Refused, begin_assignment, finish


def write_message(
    assignment: Assignment, *, text: str, by: Actor, files: Sequence[CleanDocument] = (), key: UUID | None = None
) -> CaseMessage:
    """To the other side; `key` is made once for each form shown: the same form sent twice writes one message."""
    if not permissions.can_write_message(by, assignment.referral, assignment):
        raise PermissionDenied
    if len(files) > MAX_FILES:
        raise Refused(_("Cinq pièces jointes au plus par message."), field="files")
    made = [_attachment(place, document) for place, document in enumerate(files, start=1)]
    try:
        attachments.write(made, files)
    except attachments.NoRoom:
        raise Refused(attachments.no_room_in_words(), code="no_room", field="files") from None
    try:
        message, is_new = _keep(assignment, text.strip(), made, by, key or uuid4())
    except BaseException:
        attachments.delete(made)
        raise
    if not is_new:
        attachments.delete(made)
    return message


def read_messages(assignment: Assignment, *, by: Actor) -> int:
    """What the other side wrote is read by this one, from now on; the first moment is kept. How many there were."""
    side = permissions.side_of(by, assignment.referral, assignment)
    if side is None or by.membership is None:
        return 0
    unread = CaseMessage.objects.visible_to(by).of_assignment(assignment).unread_by(side.value)
    return unread.update(read_at=clock.now(), read_by=by.membership)


@transaction.atomic
def _keep(assignment: Assignment, text: str, made: list[Attachment], by: Actor, key: UUID) -> tuple[CaseMessage, bool]:
    referral, held = begin_assignment(assignment, Verb.WRITE_MESSAGE, by=by)
    before = CaseMessage.objects.of_assignment(held).with_uid(key).first()
    if before is not None and before.text == text:
        return before, False
    _refuse_too_much(referral, held, text, made)
    assert by.membership is not None  # asked before the files were written
    side = permissions.side_of(by, referral, held) or Side.SENDER
    # another text typed into an old form is another message
    message = CaseMessage.objects.create(
        uid=uuid4() if before else key, assignment=held, side=side.value, by=by.membership, at=clock.now(), text=text
    )
    for one in made:
        one.message = message
    Attachment.objects.bulk_create(made)
    detail = {"message": str(message.uid), "files": len(made)}
    finish(referral, Verb.WRITE_MESSAGE, State(referral.state), by=by, assignment=held, detail=detail)
    return message, True


def _refuse_too_much(referral: Referral, held: Assignment, text: str, made: list[Attachment]) -> None:
    if not text and not made:
        raise Refused(_("Écrivez un message, ou joignez un fichier."), field="text")
    if CaseMessage.objects.of_assignment(held).count() >= MAX_MESSAGES:
        raise Refused(_("Ce fil est plein : téléphonez, puis notez l’appel."), field="text")
    kept = Attachment.objects.of_referral(referral).count()
    if made and kept + len(made) > MAX_FILES_OF_CASE:
        message = _("Un dossier garde %(most)d pièces jointes au plus, et il en a déjà %(kept)d.")
        raise Refused(message % {"most": MAX_FILES_OF_CASE, "kept": kept}, field="files")


def _attachment(position: int, document: CleanDocument) -> Attachment:
    return Attachment(
        position=position,
        kind=(Kind.PDF if document.kind == PDF else Kind.IMAGE).value,
        name=document.name,
        size=len(document.data),
        sha256=document.sha256,
    )
