"""Addresses of referrals: the sender's, the garage's, the pilot's."""

from django.urls import include, path

from referrals.desks import by_link, garage_quotes

urlpatterns = [
    path("orientations/", include("referrals.desks.adviser_urls")),
    path("orientations/", include("referrals.desks.case_urls")),
    path("affectations/", include("referrals.desks.garage_urls")),
    path("devis/<uuid:uid>/", garage_quotes.quote, name="quote"),
    path("", include("referrals.desks.exchange_urls")),
    path("besoins/", include("referrals.desks.need_urls")),
    path("incidents/", include("referrals.desks.incident_urls")),
    path("s/<str:token>/", by_link.answer, name="personal_link"),
    path("s/<str:token>/nouveau-lien/", by_link.fresh, name="personal_link_fresh"),
    path("s/<str:token>/photos/<uuid:uid>/", by_link.photo, name="personal_link_photo"),
    path("s/<str:token>/photos/<uuid:uid>/petite/", by_link.thumbnail, name="personal_link_thumbnail"),
    path("s/<str:token>/<slug:name>/", by_link.act, name="personal_link_act"),
    path("examens/", include("referrals.desks.pilot_urls")),
]
