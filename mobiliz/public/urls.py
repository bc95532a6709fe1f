"""Addresses of the pages for everyone."""

from django.urls import path

from mobiliz.public import views

urlpatterns = [
    path("regles/", views.rules, name="public_rules"),
    path("j-ai-besoin/", views.person, name="public_person"),
    path("j-accompagne/", views.adviser, name="public_adviser"),
    path("je-suis-un-garage/", views.garage, name="public_garage"),
    path("aide/", views.help_page, name="public_help"),
    path("confidentialite/", views.privacy, name="public_privacy"),
    path("accessibilite/", views.accessibility, name="public_accessibility"),
    path("mentions-legales/", views.legal, name="public_legal"),
    path("nouveautes/", views.news, name="public_news"),
    path("depliant/", views.leaflet, name="public_leaflet"),
]
