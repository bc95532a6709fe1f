"""Addresses of a case: its page, notes and calls on it, and each act."""

from django.urls import path

from referrals.desks.adviser import (
    case,
    case_acts,
    colleagues,
    explanation,
    incidents,
    merging,
    moving,
    needs,
    notes,
    people,
    todo,
)

urlpatterns = [
    # who follows which case, and who answers meanwhile
    path("collegues/", colleagues.colleagues, name="referral_colleagues"),
    path("collegues/<uuid:uid>/absence/", colleagues.absence, name="referral_absence"),
    path("collegues/absences/<uuid:uid>/retour/", colleagues.come_back, name="referral_come_back"),
    path("collegues/confier/", colleagues.hand_many, name="referral_hand_many"),
    path("<uuid:uid>/personne/corriger/", people.correct, name="referral_correct_person"),
    path("<uuid:uid>/personne/reunir/", merging.merge, name="referral_merge_people"),
    path("<uuid:uid>/personne/autre/", moving.move, name="referral_move_to_person"),
    path("<uuid:uid>/personne/accord/retirer/", people.withdraw_consent, name="referral_withdraw_consent"),
    path("<uuid:uid>/personne/accord/ne-plus-nommer/", people.stop_naming, name="referral_stop_naming"),
    path("<uuid:uid>/confier/", colleagues.hand_one, name="referral_hand_one"),
    # the case
    path("<uuid:uid>/", case.referral_case, name="referral_case"),
    # why this answer
    path("<uuid:uid>/explication/", explanation.explained, name="referral_explanation"),
    path("<uuid:uid>/explication/a-remettre/", explanation.sheet, name="referral_explanation_sheet"),
    path("<uuid:uid>/notes/", notes.note, name="referral_note"),
    path("<uuid:uid>/notes/<uuid:note>/rectifier/", notes.correct, name="referral_note_correct"),
    path("<uuid:uid>/appels/", notes.call, name="referral_call"),
    # acts on a case
    path("<uuid:uid>/reprendre/", case_acts.unsend, name="referral_unsend"),
    path("<uuid:uid>/accord-telephone/", case_acts.settle, name="referral_settle"),
    path("<uuid:uid>/relances/suspendre/", case_acts.pause, name="referral_pause"),
    path("<uuid:uid>/relances/reprendre/", case_acts.resume, name="referral_resume"),
    path("<uuid:uid>/devis-refuse/", case_acts.decline_quote, name="referral_decline_quote"),
    path("<uuid:uid>/abandon/", case_acts.withdraw, name="referral_withdraw"),
    path("<uuid:uid>/fermer/", case_acts.close, name="referral_close"),
    path("<uuid:uid>/refus-annonce/", todo.tell_refusal, name="referral_tell_refusal"),
    path("<uuid:uid>/besoin/", needs.on_case, name="referral_need"),
    path("<uuid:uid>/pas-marche/", incidents.report, name="referral_incident"),
    path("<uuid:uid>/rouvrir/", case_acts.reopen, name="referral_reopen"),
]
