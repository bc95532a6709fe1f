"""Who is told of a change of the rules. Messages are written in the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from eligibility.models import Acknowledgement, RuleSet, Subject, Trial
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.accounts.querysets import MembershipQuerySet
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.outbox.actions import Recipient, post


def tell_of_proposal(draft: RuleSet, *, by: Actor) -> None:
    """To every other pilot, at once: one of them has to look."""
    assert by.membership is not None
    line = _("%(who)s propose une nouvelle version des règles : un autre pilote doit l’approuver.")
    others = Membership.objects.who_may(Permission.DRAFT_RULES).exclude(user=by.membership.user_id)
    _write(others, line % {"who": by.membership.user.get_full_name()}, draft, event=f"proposed:{draft.proposed_at}")


def tell_of_return(draft: RuleSet, *, by: Actor) -> None:
    """To whoever drafted it."""
    assert by.membership is not None
    assert draft.drafted_by is not None
    line = _("%(who)s vous renvoie votre brouillon de règles : %(why)s")
    words = {"who": by.membership.user.get_full_name(), "why": draft.sent_back_because}
    _write([draft.drafted_by], line % words, draft, event=f"back:{clock.now().isoformat()}")


def tell_of_failed_trial(trial: Trial) -> None:
    """To whoever asked for it, at once: it was begun five times and never ended."""
    line = _(
        "l’essai de votre brouillon de règles n’a pas abouti. Demandez-le de nouveau ; sinon, prévenez l’assistance."
    )
    _write([trial.asked_by], line, trial.rule_set, event=f"trial:{trial.uid}")


def announce(rule_set: RuleSet, *, by: Actor) -> None:
    """To everyone who works by this rule, in the day's message; they are asked to say that they have read it."""
    line = _("la règle change le %(day)s (%(subject)s). Lisez ce qui change, et dites que vous l’avez lu.")
    assert rule_set.in_force_from is not None
    words = {"day": day_fr(rule_set.in_force_from), "subject": rule_set.get_subject_display()}
    concerned = who_is_concerned(rule_set).exclude(pk=by.membership.pk if by.membership else None)
    _write(concerned, line % words, rule_set, event="announced", digest_on=clock.today())


_BY_WORK = (Permission.CREATE_REFERRALS, Permission.DECIDE_REVIEWS)
# Whoever refers, decides or applies the rule; garages only where it is about cars.
CONCERNED: dict[str, tuple[Permission, ...]] = {
    Subject.HOUSEHOLD: _BY_WORK,
    Subject.VEHICLE: (*_BY_WORK, Permission.ANSWER_ASSIGNMENTS),
}


def is_concerned(actor: Actor, subject: str) -> bool:
    return actor.membership is not None and any(actor.can(permission) for permission in CONCERNED[subject])


def is_to_read(rule_set: RuleSet, actor: Actor) -> bool:
    """Whether this person has to say that they have read it: whoever wrote or approved it need not."""
    own = (rule_set.drafted_by, rule_set.approved_by)
    return is_concerned(actor, rule_set.subject) and actor.membership not in own


def who_is_concerned(rule_set: RuleSet) -> MembershipQuerySet:
    found = Membership.objects.none()
    for permission in CONCERNED[rule_set.subject]:
        found = found | Membership.objects.who_may(permission)
    return found.select_related("user")


def who_reads(rule_set: RuleSet) -> MembershipQuerySet:
    """Those who have to say that they have read it, by place and name, each with when they did; whoever wrote or
    approved it need not, nor who came when it was the rule already."""
    read = Acknowledgement.objects.of_rule(rule_set).by(OuterRef("pk"))
    own = [rule_set.drafted_by_id, rule_set.approved_by_id]
    concerned = who_is_concerned(rule_set).exclude(pk__in=[pk for pk in own if pk])
    return (
        concerned.filter(began_on__lte=rule_set.in_force_from)
        .annotate(read_at=Subquery(read.values("at")[:1]))
        .select_related("organisation")
    )


def reading_counts(rule_set: RuleSet) -> dict[str, int]:
    """How many have to read it, and how many have."""
    return who_reads(rule_set).aggregate(concerned=Count("pk"), read=Count("read_at"))


def _write(
    members: Iterable[Membership], line: str, rule_set: RuleSet, *, event: str, digest_on: date | None = None
) -> None:
    url = f"{settings.SITE_ADDRESS}{reverse('rule_set', kwargs={'uid': rule_set.uid})}"
    for one in members:
        post(
            "eligibility/rules",
            to=Recipient(one.user.email, one.user.get_full_name()),
            context={"line": line, "url": url},
            key=f"rules:{rule_set.uid}:{event}",
            about=f"rule_set:{rule_set.uid}",
            digest_on=digest_on,
        )
