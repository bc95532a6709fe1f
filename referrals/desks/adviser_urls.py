"""Addresses of the sender's pages: the list, a new referral in steps."""

from django.urls import path

from referrals.desks import photos as shown
from referrals.desks.adviser import (
    garage_choice,
    household,
    known_people,
    listing,
    person,
    photos,
    sending,
    unfinished,
    vehicle,
)

urlpatterns = [
    path("", listing.referral_list, name="referral_list"),
    path("photos/<uuid:uid>/", shown.photo, name="photo"),
    path("photos/<uuid:uid>/vignette/", shown.thumbnail, name="photo_thumbnail"),
    path("nouvelle/", person.new, name="referral_new"),
    path("nouvelle/deja-venu/", known_people.search, name="referral_known_people"),
    path("nouvelle/accord/", person.consent_text, name="referral_consent_text"),
    # the steps of a draft
    path("<uuid:uid>/personne/", person.person, name="referral_person"),
    path("<uuid:uid>/foyer/", household.household, name="referral_household"),
    path("<uuid:uid>/foyer/apercu/", household.household_preview, name="referral_household_preview"),
    path("<uuid:uid>/vehicule/", vehicle.vehicle, name="referral_vehicle"),
    path("<uuid:uid>/photos/", photos.photos, name="referral_photos"),
    path("<uuid:uid>/garage/", garage_choice.garage, name="referral_garage"),
    path("<uuid:uid>/attente/", sending.queue, name="referral_queue"),
    path("<uuid:uid>/envoi/", sending.send, name="referral_send"),
    path("<uuid:uid>/envoi/examen/", sending.send_for_review, name="referral_send_for_review"),
    path("<uuid:uid>/envoyee/", sending.sent, name="referral_sent"),
    path("<uuid:uid>/saisie/<str:step>/", unfinished.keep, name="referral_keep_typed"),
    path("<uuid:uid>/saisie/<str:step>/oublier/", unfinished.forget, name="referral_forget_typed"),
]
