"""Addresses of referrals: the sender's, the garage's, the pilot's."""

from django.urls import include, path

urlpatterns = [
    path("orientations/", include("referrals.desks.adviser_urls")),
    path("affectations/", include("referrals.desks.garage_urls")),
    path("examens/", include("referrals.desks.pilot_urls")),
]
