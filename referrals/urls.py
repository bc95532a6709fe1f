"""Addresses of referrals: the sender's, the garage's, the pilot's."""

from django.urls import include, path

from referrals.desks import garage_quotes

urlpatterns = [
    path("orientations/", include("referrals.desks.adviser_urls")),
    path("orientations/", include("referrals.desks.case_urls")),
    path("affectations/", include("referrals.desks.garage_urls")),
    path("devis/<uuid:uid>/", garage_quotes.quote, name="quote"),
    path("echanges/", include("referrals.desks.exchange_urls")),
    path("incidents/", include("referrals.desks.incident_urls")),
    path("examens/", include("referrals.desks.pilot_urls")),
]
