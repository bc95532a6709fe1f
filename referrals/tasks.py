"""What happens to referrals by itself: tasks find what is due, call a verb, decide nothing."""

from celery import shared_task

from mobiliz.accounts.actors import SYSTEM
from referrals import photos, transitions, unfinished
from referrals.models import Assignment
from referrals.states import End
from referrals.transitions.messages import remove_stray_files

BATCH = 200


@shared_task
def move_on_from_garages_that_left() -> int:
    """A garage only changes its status; what waits there is given to its adviser again. How many were moved."""
    moved = 0
    for assignment in Assignment.objects.waiting_in_vain().with_all()[:BATCH]:
        try:
            transitions.lapse(assignment, by=SYSTEM, end=End.GARAGE_LEFT)
        except transitions.Overtaken:
            continue  # someone acted in the meantime: nothing is left to move
        moved += 1
    return moved


@shared_task
def forget_what_was_not_submitted() -> int:
    """What was typed at a step and left for two weeks; how many there were."""
    return unfinished.forget_old()


@shared_task
def remove_stray_photo_files() -> int:
    """Files of photos that were taken away, or never came to be. How many were removed."""
    return photos.remove_stray_files()


@shared_task
def remove_stray_attachments() -> int:
    """Files of messages that never came to be. How many were removed."""
    return remove_stray_files()
