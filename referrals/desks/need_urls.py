"""Addresses of needs that no offer covers."""

from django.urls import path

from referrals.desks import pilot_needs
from referrals.desks.adviser import needs

urlpatterns = [
    path("", needs.needs, name="needs"),
    path("bilan/", pilot_needs.needs_counted, name="needs_counted"),
    path("<uuid:uid>/retirer/", needs.take_back, name="need_take_back"),
]
