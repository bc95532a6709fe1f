"""What beat and commits ask for: find messages, call an action, decide nothing. Any of it may run twice."""

from celery import shared_task

from mobiliz.lib import clock
from mobiliz.outbox import actions
from mobiliz.outbox.models import Message

BATCH = 50


@shared_task
def deliver_key(key: str) -> None:
    found = Message.objects.due(clock.now()).with_key(key).values_list("pk", flat=True).first()
    if found is not None:
        actions.deliver(found)


@shared_task
def sweep() -> int:
    """Whatever is due and in nobody's hands: after a lost word, a dead worker, or a mail server that was away."""
    due = list(Message.objects.due(clock.now()).values_list("pk", flat=True)[:BATCH])
    return sum(actions.deliver(pk) for pk in due)


@shared_task
def gather_digests() -> int:
    return actions.gather_digests(clock.today())


@shared_task
def forget_words() -> int:
    return actions.forget_words(clock.now())


@shared_task
def forget_secrets() -> int:
    return actions.forget_secrets(clock.now())
