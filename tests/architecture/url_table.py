"""Every address, and what each of the cast is answered: one line an address, a missing line fails the test.

    page("garages:garage", "garage", get=who(200, stranger=404, administrator=404))

The second argument names an object of `world.py`: it is the adviser's own, put to the workshop's garage, in the
pilot of Auvergne-Rhône-Alpes's region; `other_adviser`, `other_garage_workshop` and `other_regional_pilot` are
those to whom it is another's. `who(404, adviser=200)` is what everyone signed in is answered, and who differs;
whoever is not signed in is sent to sign in, unless the row says `anonymous=`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOGIN = "login"  # sent to the sign-in page
ROLES = (
    "anonymous",
    "stranger",
    "adviser",
    "agency_adviser",
    "other_adviser",
    "workshop",
    "owner",
    "reception",
    "other_garage_workshop",
    "regional_pilot",
    "other_regional_pilot",
    "pilot",
    "volunteer",
    "administrator",
)
GROUPS = {
    "advisers": ("adviser", "agency_adviser", "other_adviser"),
    # who sees a dossier of the structure's head office
    "garages": ("workshop", "owner", "reception", "other_garage_workshop"),
    "own_garage": ("workshop", "owner", "reception"),
    "quoting": ("workshop", "owner"),
    "pilots": ("regional_pilot", "other_regional_pilot", "pilot"),
    # who answers for the region of the object
    "pilots_here": ("regional_pilot", "pilot"),
}
Answers = Mapping[str, Any]


def who(signed_in: Any, /, *, anonymous: Any = LOGIN, **others: Any) -> dict[str, Any]:
    """What each role is answered."""
    answers = dict.fromkeys(ROLES, signed_in) | {"anonymous": anonymous}
    for name, status in sorted(others.items(), key=lambda other: other[0] not in GROUPS):
        answers |= dict.fromkeys(GROUPS.get(name, (name,)), status)
    assert set(answers) == set(ROLES), set(answers) - set(ROLES)
    return answers


NOTHING_TYPED = {"csrfmiddlewaretoken": "what every form carries"}


@dataclass(frozen=True)
class Row:
    """One address: for which object, what GET and POST are answered, what POST sends."""

    name: str
    of: str
    get: Answers
    post: Answers
    data: Answers


NOT_HERE = who(405)  # the method is not taken, whoever asks


def page(name: str, of: str = "", *, get: Answers, post: Answers = NOT_HERE, data: Answers | None = None) -> Row:
    """An address to look at, and perhaps a form on it."""
    return Row(name, of, get, post, data or NOTHING_TYPED)


def act(name: str, of: str = "", *, post: Answers, get: Answers = NOT_HERE, data: Answers | None = None) -> Row:
    """An address that does something."""
    return Row(name, of, get, post, data or NOTHING_TYPED)


def public(status: Any = 200, **others: Any) -> dict[str, Any]:
    """Open to everyone."""
    return who(status, anonymous=others.pop("anonymous", status), **others)


MEMBERS = who(200)
DIRECTORY = who(200, stranger=403, administrator=403)
LISTED = who(200, stranger=404, administrator=404)
ADMINISTRATORS = who(403, administrator=200)
NOBODY = who(404)
# Pilots change what is in their region; who sees the directory is told no, who does not is told nothing.
HERE = who(403, stranger=404, administrator=404, other_regional_pilot=404, pilots_here=200)
ASKED_HERE = HERE | dict.fromkeys(GROUPS["pilots_here"], 422)
# the owner too says that what is recorded is right
CONFIRMED_HERE = HERE | dict.fromkeys((*GROUPS["pilots_here"], "owner"), 302)
# who may call a garage: advisers, its own people, its pilots
CONTACT = HERE | {"other_garage_workshop": 404, "volunteer": 404}
SEAT = who(403, stranger=404, administrator=404, pilot=200, other_regional_pilot=404)
AGENCY = SEAT | {"regional_pilot": 200}
NOT_AN_ACT = who(404, adviser=403, pilots_here=403)

WAY_IN = [
    page("home", get=public(302, anonymous=200), post=public(405)),
    page("healthz", get=public(), post=public(405)),
    page("readyz", get=public(503), post=public(405)),
    page("components", get=public(), post=public(405)),
    page("demo_mails", get=public(), post=public(405)),
    page("demo_mail", "mail", get=public(), post=public(405)),
    page("network", get=public(), post=public(405)),
    page("desk", get=MEMBERS),
    page("desk_news", get=who(302)),
    page("account_login", get=public(302, anonymous=200), post=public(302, anonymous=200)),
    page("account_logout", get=public(200, anonymous=302), post=public(302)),
    page("account_signup", get=public(), post=public()),
    page("account_inactive", get=public(), post=public(405)),
    page("account_reauthenticate", get=MEMBERS, post=MEMBERS),
    page("account_change_password", get=MEMBERS, post=MEMBERS),
    page("account_reset_password", get=public(), post=public()),
    page("account_reset_password_done", get=public(), post=public(405)),
    page("account_reset_password_from_key", "reset_key", get=public(), post=public()),
    page("account_reset_password_from_key_done", get=public(), post=public(405)),
    # the second factor: what changes it asks for the password once more
    page("mfa_index", get=who(302)),
    page("mfa_authenticate", get=public(302), post=public(302)),
    page("mfa_reauthenticate", get=who(302), post=who(302)),
    page("mfa_activate_totp", get=who(302), post=who(302)),
    page("mfa_deactivate_totp", get=NOBODY, post=NOBODY),
    page("mfa_view_recovery_codes", get=NOBODY),
    page("mfa_generate_recovery_codes", get=who(302), post=who(302)),
]

# Open to everyone, signed in or not: no word about anybody.
FOR_EVERYONE = [
    page(f"public_{name}", get=public(), post=public(405))
    for name in (
        *("rules", "person", "adviser", "garage", "help"),
        *("privacy", "accessibility", "legal", "news", "leaflet"),
    )
]

# One's own account: whoever asks for something of another's gets nothing.
MY_ACCOUNT = [
    page("my_account", get=MEMBERS),
    page("my_place", "membership", get=who(404, adviser=200), post=who(404, adviser=302)),
    act("my_session_end", "sign_in", post=who(404, adviser=302)),
    act("my_sessions_end_others", post=who(302)),
]

ACCOUNTS = [
    page("accounts:list", get=ADMINISTRATORS),
    page("accounts:open", get=ADMINISTRATORS, post=who(403, administrator=422)),
    page("accounts:organisations", get=ADMINISTRATORS),
    act("accounts:work_as", post=NOBODY),
    # one's own account is visible, and not to be managed
    page("accounts:account", "account", get=who(404, adviser=403, administrator=200)),
    page(
        "accounts:add_membership",
        "account",
        get=who(404, adviser=403, administrator=200),
        post=who(404, adviser=403, administrator=422),
    ),
    act("accounts:deactivate", "account", post=who(404, adviser=403, administrator=302)),
    act("accounts:reactivate", "account", post=who(404, adviser=403, administrator=302)),
    act("accounts:leave", "account", post=who(404, adviser=403, administrator=302)),
    act("accounts:end_sessions", "account", post=who(404, adviser=403, administrator=302)),
    act("accounts:reset_second_factor", "account", post=who(404, adviser=403, administrator=302)),
    # colleagues see that someone works there, and end nothing
    act("accounts:end_membership", "membership", post=who(404, adviser=403, administrator=302)),
]

TERRITORY = [page("communes", get=MEMBERS)]

PROGRAMME = [
    page("settings", get=who(403, pilots=200)),
    page("rule_set", "rule_set", get=public(), post=public(405)),
    page("rule_set", "draft_rule_set", get=who(404, anonymous=404, pilots=200), post=public(405)),
    page("rule_drifts", get=who(403, pilots=200)),
    act("drift_seen", "drift", post=who(404, pilots=302)),
    page("rule_set_trial", "rule_set", get=who(403, pilots=200), post=who(403, pilots=422)),
    page("rule_set_trial", "draft_rule_set", get=who(404, pilots=200), post=who(404, pilots=422)),
    page("rule_sets", get=who(403, pilots=200)),
    # nothing is chosen: told on the list
    act("new_rule_set", post=who(403, pilots=302)),
    page("edit_rule_set", "draft_rule_set", get=who(404, pilots=200), post=who(404, pilots=200)),
    page("edit_rule_set", "rule_set", get=who(403, pilots=302), post=who(403, pilots=200)),
    # not tried yet; not proposed yet; nobody approves their own
    act("propose_rule_set", "draft_rule_set", post=who(404, pilots=409)),
    act("propose_rule_set", "rule_set", post=who(403, pilots=409)),
    act("approve_rule_set", "proposed_rule_set", post=who(404, pilots=302, pilot=409)),
    act("approve_rule_set", "rule_set", post=who(403, pilots=409)),
    act("send_back_rule_set", "proposed_rule_set", post=who(404, pilots=422)),
    act("discard_rule_set", "proposed_rule_set", post=who(404, pilots=302)),
    act("discard_rule_set", "rule_set", post=who(403, pilots=409)),
    # whoever works by it says that it was read: garages where it is about cars
    act("acknowledge_rule_set", "rule_set", post=who(403, advisers=302, pilots=302)),
    act("acknowledge_rule_set", "vehicle_rule_set", post=who(403, advisers=302, pilots=302, garages=302)),
    act("acknowledge_rule_set", "draft_rule_set", post=who(404, pilots=409)),
    page("change_setting", "setting", get=who(403, pilot=200), post=who(403, pilot=422)),
]

GARAGES = [
    page("garages:list", get=DIRECTORY),
    page("garages:register", get=who(403, pilots=200), post=who(403, pilots=422)),
    page("garages:garage", "garage", get=LISTED | {"other_regional_pilot": 404}),
    page("garages:mine", get=who(403, garages=302)),
    page("garages:history", "garage", get=HERE),
    act("garages:confirm", "garage", post=CONFIRMED_HERE),
    act("garages:confirm_engagement", "garage", post=CONFIRMED_HERE),
    page("garages:owner", "garage", get=HERE, post=ASKED_HERE),
    page("garages:charter", "garage", get=HERE, post=ASKED_HERE),
    page("garages:terms", "garage", get=HERE, post=ASKED_HERE),
    page("garages:edit", "garage", get=HERE, post=ASKED_HERE),
    page("garages:status", "garage", get=HERE, post=ASKED_HERE),
    page("garages:add_contact", "garage", get=HERE, post=ASKED_HERE),
    page("garages:edit_contact", "contact", get=CONTACT, post=CONTACT | dict.fromkeys(GROUPS["pilots_here"], 422)),
    act("garages:confirm_contact", "contact", post=CONFIRMED_HERE | {"other_garage_workshop": 404, "volunteer": 404}),
    act("garages:end_contact", "contact", post=CONTACT | dict.fromkeys(GROUPS["pilots_here"], 302)),
    act("garages:move_contact_up", "contact", post=CONTACT | dict.fromkeys(GROUPS["pilots_here"], 302)),
]

# A structure whose seat is in Paris, with an agency at Saint-Étienne: it is present in the pilot's region, and its
# seat is not theirs to change. The agency is.
STRUCTURES = [
    page("partners:list", get=DIRECTORY),
    page("partners:register", get=who(403, pilots=200), post=who(403, pilots=422)),
    page("partners:structure", "structure", get=who(200, stranger=404, administrator=404, other_regional_pilot=404)),
    page("partners:mine", get=who(403, advisers=302)),
    page("partners:history", "structure", get=SEAT | {"regional_pilot": 200}),
    act("partners:confirm", "structure", post=SEAT | {"pilot": 302}),
    act("partners:confirm_agency", "agency", post=AGENCY | {"pilot": 302, "regional_pilot": 302}),
    act(
        "partners:confirm_adviser",
        "colleague",
        post=who(404, adviser=403, agency_adviser=302, pilot=302, regional_pilot=302),
    ),
    page("partners:edit", "structure", get=SEAT, post=SEAT | {"pilot": 422}),
    page("partners:end", "structure", get=SEAT, post=SEAT | {"pilot": 422}),
    act("partners:take_back", "structure", post=SEAT | {"pilot": 302}),
    page(
        "partners:add_agency",
        "structure",
        get=SEAT | {"regional_pilot": 200},
        post=SEAT | {"pilot": 422, "regional_pilot": 422},
    ),
    page("partners:edit_agency", "agency", get=AGENCY, post=AGENCY | {"pilot": 422, "regional_pilot": 422}),
    page("partners:close_agency", "agency", get=AGENCY, post=AGENCY | {"pilot": 422, "regional_pilot": 422}),
    act("partners:reopen_agency", "agency", post=AGENCY | {"pilot": 302, "regional_pilot": 302}),
]

TO_CASE = who(404, adviser=302, pilots_here=403)
CASES = who(404, adviser=302, pilots_here=302)
KEPT_AS_SAID = who(404, adviser=403, own_garage=403, pilots_here=403)
# A dossier of the adviser's, of someone who lives in the pilot's region.
SENDERS = [
    page("referral_list", get=who(404, advisers=200, pilots=200)),
    page("referral_new", get=who(404, advisers=200, pilots=403), post=who(404, advisers=422, pilots=403)),
    page("referral_known_people", get=who(404, advisers=200, pilots=403), post=who(404, advisers=200, pilots=403)),
    page("referral_consent_text", get=who(404, advisers=200, pilots=403)),
    # what is typed at a step: of one's own structure's draft, or of a dossier that nobody has opened yet
    act("referral_keep_typed", "draft_step", post=who(404, adviser=302)),
    act("referral_keep_typed", "sent_step", post=who(404, adviser=302, pilots_here=403)),
    act("referral_keep_typed", "new_step", post=who(404, advisers=302, pilots=403)),
    act("referral_forget_typed", "draft_step", post=who(404, adviser=302)),
    act("referral_forget_typed", "new_step", post=who(404, advisers=302, pilots=403)),
    page("referral_case", "draft", get=who(404, adviser=200)),
    page("referral_case", "sent", get=who(404, adviser=200, pilots_here=200)),
    page("referral_case", "agency_sent", get=who(404, adviser=200, agency_adviser=200, pilots_here=200)),
    # the computation: the sender's side, and the pilot who decides, for as long as they do
    page("referral_explanation", "ready", get=who(404, adviser=200)),
    page("referral_explanation", "sent", get=who(404, adviser=200, pilots_here=403)),
    page("referral_explanation", "review", get=who(404, adviser=200, pilots_here=200)),
    page("referral_explanation_sheet", "sent", get=who(404, adviser=200, pilots_here=403)),
    page("referral_explanation_sheet", "review", get=who(404, adviser=200, pilots_here=200)),
    page("referral_person", "draft", get=who(404, adviser=200), post=who(404, adviser=422)),
    page(
        "referral_person",
        "sent",
        get=who(404, adviser=302, pilots_here=403),
        post=who(404, adviser=302, pilots_here=403),
    ),
    page("referral_household", "draft", get=who(404, adviser=200), post=who(404, adviser=422)),
    # an assessment that expired is made anew after sending too
    page(
        "referral_household",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=422, pilots_here=403),
    ),
    act("referral_household_preview", "draft", post=who(404, adviser=200)),
    act("referral_household_preview", "sent", post=who(404, adviser=200, pilots_here=403)),
    page("referral_vehicle", "draft", get=who(404, adviser=200), post=who(404, adviser=422)),
    page(
        "referral_vehicle",
        "sent",
        get=who(404, adviser=302, pilots_here=403),
        post=who(404, adviser=302, pilots_here=403),
    ),
    page("referral_photos", "draft", get=who(404, adviser=200), post=who(404, adviser=302)),
    page(
        "referral_photos",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=302, pilots_here=403),
    ),
    page(
        "referral_photos",
        "withdrawn",
        get=who(404, adviser=302, pilots_here=403),
        post=who(404, adviser=302, pilots_here=403),
    ),
    # the garage that was asked sees the photo; one that handed the case over does not
    page("photo", "photo_of_draft", get=who(404, adviser=200)),
    page("photo", "photo", get=who(404, adviser=200, own_garage=200, pilots_here=200)),
    page("photo", "photo_handed_over", get=who(404, adviser=200, other_garage_workshop=200, pilots_here=200)),
    page("photo_thumbnail", "photo", get=who(404, adviser=200, own_garage=200, pilots_here=200)),
    page("photo_thumbnail", "photo_handed_over", get=who(404, adviser=200, other_garage_workshop=200, pilots_here=200)),
    page("referral_garage", "ready", get=who(404, adviser=200), post=who(404, adviser=422)),
    page(
        "referral_garage",
        "declined",
        get=who(404, adviser=200, pilots_here=200),
        post=who(404, adviser=422, pilots_here=422),
    ),
    act("referral_queue", "ready", get=who(404, adviser=302), post=who(404, adviser=422)),
    act(
        "referral_queue",
        "declined",
        get=who(404, adviser=302, pilots_here=302),
        post=who(404, adviser=302, pilots_here=302),
    ),
    page("referral_send", "ready", get=who(404, adviser=200), post=who(404, adviser=422)),
    act("referral_note", "sent", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("referral_call", "sent", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act(
        "referral_note_correct",
        "note",
        get=who(404, adviser=302, pilots_here=403),
        post=who(404, adviser=422, pilots_here=403),
    ),
    # once somebody has answered, and before it is sent, the case says where it stands
    page("referral_sent", "sent", get=who(404, adviser=200, pilots_here=403)),
    page("referral_sent", "review", get=who(404, adviser=200, pilots_here=403)),
    page("referral_sent", "draft", get=who(404, adviser=302)),
    page(
        "referral_correct_person",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=422, pilots_here=403),
    ),
    page(
        "referral_move_to_person",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=200, pilots_here=403),
    ),
    page(
        "referral_merge_people",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=200, pilots_here=403),
    ),
    page(
        "referral_withdraw_consent",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=422, pilots_here=403),
    ),
    page("referral_correct_person", "draft", get=who(404, adviser=302), post=who(404, adviser=302)),
    page("referral_colleagues", get=who(404, advisers=200)),
    page("referral_absence", "membership", get=who(404, adviser=200), post=who(404, adviser=422)),
    act("referral_come_back", "absence", post=who(404, adviser=302)),
    page("referral_hand_many", get=who(404, advisers=200), post=who(404, advisers=422)),
    page(
        "referral_hand_one",
        "sent",
        get=who(404, adviser=200, pilots_here=403),
        post=who(404, adviser=422, pilots_here=403),
    ),
    # the address of an act, opened, leads to the page where it is done
    act("referral_send_for_review", "draft", get=who(404, adviser=302), post=who(404, adviser=422)),
    act("referral_unsend", "sent", get=TO_CASE, post=who(404, adviser=302, pilots_here=403)),
    act("referral_settle", "sent", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("referral_pause", "sent", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("referral_resume", "sent", get=TO_CASE, post=who(404, adviser=302, pilots_here=403)),
    act("referral_decline_quote", "quoted", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("referral_withdraw", "sent", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("referral_close", "sent", get=CASES, post=who(404, adviser=422, pilots_here=422)),
    act("referral_tell_refusal", "refused", get=TO_CASE, post=TO_CASE),
    act("referral_reopen", "withdrawn", get=CASES, post=who(404, adviser=302, pilots_here=302)),
    # what did not work: the sender's side says it, and reads what a pilot answered
    act("referral_incident", "sent", get=TO_CASE, post=TO_CASE),
    act("referral_incident", "draft", get=who(404, adviser=302), post=who(404, adviser=302)),
    act("incident_complete", "incident", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("incident_take_back", "incident", get=TO_CASE, post=TO_CASE),
    # what a garage said stays the garage's: the sender's side reads it
    act("incident_complete", "incident_of_garage", get=KEPT_AS_SAID, post=KEPT_AS_SAID),
    act("incident_take_back", "incident_of_garage", get=KEPT_AS_SAID, post=KEPT_AS_SAID),
    page("needs", get=who(404, advisers=200, pilots=403), post=who(404, advisers=422, pilots=403)),
    act("referral_need", "sent", get=TO_CASE, post=who(404, adviser=422, pilots_here=403)),
    act("need_take_back", "need", get=who(404, adviser=302), post=who(404, adviser=302)),
    act("referral_stop_naming", "sent", get=TO_CASE, post=TO_CASE),
    act("incident_acknowledge", "incident_answered", get=TO_CASE, post=TO_CASE),
]

# The same dossier as it was put to the workshop's garage.
IN_GARAGE = who(404, own_garage=200, adviser=403, pilots_here=403)
QUOTING = who(404, quoting=200, reception=403, adviser=403, pilots_here=403)
DONE = IN_GARAGE | dict.fromkeys(GROUPS["own_garage"], 302)
ASKED_AGAIN = IN_GARAGE | dict.fromkeys(GROUPS["own_garage"], 422)
BOTH_SIDES = IN_GARAGE | {"adviser": 200}
READERS = who(404, own_garage=200, adviser=200)
FIXING = BOTH_SIDES | dict.fromkeys(("adviser", *GROUPS["own_garage"]), 302)
FIXED_AGAIN = BOTH_SIDES | dict.fromkeys(("adviser", *GROUPS["own_garage"]), 422)
NOT_FIXING = BOTH_SIDES | dict.fromkeys(("adviser", *GROUPS["own_garage"]), 404)
# whoever sends sees what garages publish, and withdraws nothing
SLOT_SEEN = {"advisers": 403}
EXCHANGE = [
    page("messages", "held", get=BOTH_SIDES, post=BOTH_SIDES | dict.fromkeys(("adviser", *GROUPS["own_garage"]), 422)),
    page(
        "messages", "accepted", get=BOTH_SIDES, post=BOTH_SIDES | dict.fromkeys(("adviser", *GROUPS["own_garage"]), 422)
    ),
    page(
        "messages",
        "held_before",
        get=DONE | {"adviser": 200},
        post=BOTH_SIDES | dict.fromkeys(("adviser", *GROUPS["own_garage"]), 422),
    ),
    page("appointments", "held", get=BOTH_SIDES),
    page("appointments", "accepted", get=BOTH_SIDES),
    page("appointments", "held_before", get=DONE | {"adviser": 200}),
    page("appointment_act", "propose", get=FIXING, post=FIXED_AGAIN),
    page("appointment_act", "cancel_appointment", get=FIXING, post=FIXED_AGAIN),
    page("appointment_act", "no_such_appointment_act", get=NOT_FIXING, post=NOT_FIXING),
    page("appointment_file", "appointment", get=READERS | dict.fromkeys(GROUPS["pilots_here"], 200)),
    page("slots", get=who(403, garages=200), post=who(403, garages=422)),
    act("slot_withdraw", "slot", post=who(404, **SLOT_SEEN, own_garage=302)),
    act("referral_hold_slot", "ready", post=who(404, adviser=302)),
    act("referral_hold_slot", "sent", post=who(404, adviser=403, pilots_here=403)),
    page("attachment", "attachment", get=READERS),
    page("attachment", "attachment_handed_over", get=who(404, adviser=200)),
    page("attachment_thumbnail", "attachment", get=READERS),
    page("attachment_thumbnail", "attachment_handed_over", get=who(404, adviser=200)),
]
GARAGE_DESK = [
    page("assignments", get=who(403, garages=200)),
    page("assignment", "held", get=IN_GARAGE),
    page("assignment", "held_before", get=IN_GARAGE | {"other_garage_workshop": 404}),
    page("assignment", "held_after", get=who(404, other_garage_workshop=200, adviser=403, pilots_here=403)),
    page("assignment_act", "accept", get=DONE, post=DONE),
    page("assignment_act", "report", get=DONE, post=DONE),
    page("assignment_act", "accept_by_telephone", get=DONE, post=ASKED_AGAIN),
    page("assignment_act", "decline", get=DONE, post=ASKED_AGAIN),
    page("assignment_act", "accept_quote", get=DONE, post=ASKED_AGAIN),
    page("assignment_act", "decline_quote", get=DONE, post=ASKED_AGAIN),
    page("assignment_act", "record_repair", get=DONE, post=ASKED_AGAIN),
    page("assignment_act", "give_back", get=DONE, post=ASKED_AGAIN),
    page("assignment_act", "no_such_act", get=NOT_AN_ACT, post=NOT_AN_ACT),
    page("assignment_quote_new", "accepted", get=QUOTING, post=QUOTING | dict.fromkeys(GROUPS["quoting"], 422)),
    page("assignment_quote_replace", "held_quoted", get=QUOTING, post=QUOTING | dict.fromkeys(GROUPS["quoting"], 422)),
    page("quote", "quote", get=who(404, own_garage=200, adviser=200, pilots_here=200)),
]

ANSWERS = who(404, adviser=403, pilots_here=200)
TO_INCIDENT = who(404, adviser=403, pilots_here=302)
PILOTS = [
    page("needs_counted", get=who(403, pilots=200)),
    page("incidents", get=who(403, pilots=200)),
    page("incident", "incident", get=ANSWERS),
    page("incident", "incident_of_draft", get=ANSWERS),
    page("incident", "incident_answered", get=ANSWERS),
    act("incident_take", "incident", get=TO_INCIDENT, post=TO_INCIDENT),
    act("incident_answer", "incident", get=TO_INCIDENT, post=who(404, adviser=403, pilots_here=422)),
    act("incident_connect", "incident_duplicate", get=TO_INCIDENT, post=who(404, adviser=403, pilots_here=422)),
    act("incident_no_garage", "incident_without_garage", get=TO_INCIDENT, post=who(404, adviser=403, pilots_here=422)),
    page("dashboard", get=who(403, pilots=200)),
    page("review", "review", get=who(404, adviser=403, pilots_here=200)),
    act(
        "review_approve",
        "review",
        get=who(404, adviser=403, pilots_here=302),
        post=who(404, adviser=403, pilots_here=422),
    ),
    act(
        "review_refuse",
        "review",
        get=who(404, adviser=403, pilots_here=302),
        post=who(404, adviser=403, pilots_here=422),
    ),
]

# Whoever has the address of a message: no account is asked for, and what it opens is one assignment.
BY_LINK = [
    page("personal_link", "link", get=public(200, own_garage=302), post=public(405)),
    act("assignment_link_revoke", "sent_link", get=who(404, own_garage=302), post=who(404, own_garage=302)),
    page("personal_link", "link_over", get=public(200, own_garage=302), post=public(405)),
    act("personal_link_act", "link_accept", get=public(405), post=public(302)),
    act("personal_link_act", "link_unknown_act", get=public(405), post=public(404)),
    act("personal_link_fresh", "link", get=public(405), post=public(302)),
    page("personal_link_photo", "link_photo", get=public(200), post=public(405)),
    page("personal_link_thumbnail", "link_photo", get=public(200), post=public(405)),
    page("personal_link_photo", "link_other_photo", get=public(404), post=public(405)),
]

# Systems bring a token; a person's session opens nothing there.
API = [
    page("oauth_token", get=public(405), post=public(400)),
    page("oauth_revoke", get=public(405), post=public(400)),
    page("api_docs", get=public(), post=public(405)),
    page("api_schema", get=public(), post=public(405)),
    page("api_garages", get=public(401), post=public(401)),
    page("api_garage", "garage", get=public(401), post=public(401)),
    page("api_quote_previews", get=public(401), post=public(401)),
    page("api_referrals", get=public(401), post=public(401)),
    page("api_referral", "sent", get=public(401), post=public(401)),
    page("api_report_conversion", get=public(401), post=public(401)),
    page("api_nothing", get=public(404), post=public(404)),
]

ROWS = [
    *WAY_IN,
    *FOR_EVERYONE,
    *MY_ACCOUNT,
    *ACCOUNTS,
    *TERRITORY,
    *PROGRAMME,
    *GARAGES,
    *STRUCTURES,
    *SENDERS,
    *EXCHANGE,
    *GARAGE_DESK,
    *PILOTS,
    *BY_LINK,
    *API,
]
