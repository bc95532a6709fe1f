"""Addresses that adviser and garage share: what they write to each other."""

from django.urls import path

from referrals.desks import messages

urlpatterns = [
    path("<uuid:uid>/", messages.thread, name="messages"),
    path("pieces/<uuid:uid>/", messages.attachment, name="attachment"),
    path("pieces/<uuid:uid>/vignette/", messages.thumbnail, name="attachment_thumbnail"),
]
