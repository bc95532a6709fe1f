"""Addresses that adviser and garage share: what they write to each other, and when the car is seen."""

from django.urls import path

from referrals.desks import appointments, messages, slots

urlpatterns = [
    path("echanges/<uuid:uid>/", messages.thread, name="messages"),
    path("echanges/pieces/<uuid:uid>/", messages.attachment, name="attachment"),
    path("echanges/pieces/<uuid:uid>/vignette/", messages.thumbnail, name="attachment_thumbnail"),
    path("rendez-vous/<uuid:uid>/", appointments.appointments, name="appointments"),
    path("rendez-vous/<uuid:uid>/agenda/", appointments.file, name="appointment_file"),
    path("rendez-vous/<uuid:uid>/<slug:name>/", appointments.act, name="appointment_act"),
    path("creneaux/", slots.slots, name="slots"),
    path("creneaux/<uuid:uid>/retirer/", slots.withdraw, name="slot_withdraw"),
    path("orientations/<uuid:uid>/creneau/", slots.hold, name="referral_hold_slot"),
]
