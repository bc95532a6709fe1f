"""Who does what upon which news: one line a verb."""

from __future__ import annotations

from collections.abc import Callable

from mobiliz.simulation.acts import advisers, garages, people, pilots
from mobiliz.simulation.world import News, World
from referrals.states import Verb

HEARD: dict[Verb, tuple[Callable[[World, News], None], ...]] = {
    Verb.SEND: (garages.hear_of_a_referral,),
    Verb.ASSIGN: (garages.hear_of_a_referral,),
    Verb.QUEUE: (advisers.hear_of_the_queue,),
    Verb.DECLINE: (advisers.hear_of_a_no,),
    Verb.GIVE_BACK: (advisers.hear_of_a_no,),
    Verb.LAPSE: (advisers.hear_of_silence,),
    Verb.ACCEPT: (garages.hear_that_it_is_theirs, advisers.hear_of_an_appointment),
    Verb.SETTLE_BY_TELEPHONE: (garages.hear_that_it_is_theirs,),
    Verb.PROPOSE_APPOINTMENT: (advisers.hear_of_an_appointment,),
    Verb.MOVE_APPOINTMENT: (garages.hear_of_another_moment,),
    Verb.CONFIRM_APPOINTMENT: (people.hear_of_their_appointment,),
    Verb.CANCEL_APPOINTMENT: (garages.hear_that_it_is_theirs,),
    Verb.KEEP_APPOINTMENT: (garages.hear_that_the_car_was_seen,),
    Verb.NO_SHOW: (garages.hear_of_a_no_show,),
    Verb.ISSUE_QUOTE: (people.hear_of_a_quote,),
    Verb.SUPERSEDE_QUOTE: (people.hear_of_a_quote,),
    Verb.SUPPLEMENT: (people.hear_of_a_quote,),
    Verb.ACCEPT_QUOTE: (garages.hear_of_a_yes,),
    Verb.DECLINE_QUOTE: (garages.hear_that_they_go_on,),
    Verb.EXPIRE_QUOTE: (garages.hear_that_they_go_on,),
    Verb.SEND_FOR_REVIEW: (pilots.hear_of_a_review,),
    Verb.APPROVE_REVIEW: (advisers.hear_of_a_yes,),
    Verb.REFUSE_REVIEW: (advisers.hear_of_a_refusal,),
    Verb.WITHDRAW: (advisers.hear_of_a_withdrawal,),
    Verb.REOPEN: (advisers.hear_of_a_reopening,),
    Verb.UNSEND: (advisers.hear_of_a_reopening,),
    Verb.REPORT_INCIDENT: (pilots.hear_of_an_incident,),
    Verb.ANSWER_INCIDENT: (advisers.hear_of_an_answer,),
    Verb.REMIND: (garages.hear_of_a_reminder, advisers.hear_of_a_reminder, pilots.hear_of_a_reminder),
}


def hear(world: World, news: News) -> None:
    for act in HEARD.get(news.verb, ()):
        act(world, news)
