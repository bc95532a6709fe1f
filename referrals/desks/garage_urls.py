"""Addresses of the garage's desk."""

from django.urls import path

from referrals.desks import garage, garage_links, garage_quotes

urlpatterns = [
    path("liens/<uuid:uid>/annuler/", garage_links.revoke, name="assignment_link_revoke"),
    path("", garage.history, name="assignments"),
    path("<uuid:uid>/", garage.assignment, name="assignment"),
    path("<uuid:uid>/actes/<slug:name>/", garage.act, name="assignment_act"),
    path("<uuid:uid>/devis/nouveau/", garage_quotes.write_quote, name="assignment_quote_new"),
    path("<uuid:uid>/devis/remplacer/", garage_quotes.replace_quote, name="assignment_quote_replace"),
]
