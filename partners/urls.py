"""Addresses of this app."""

from django.urls import path

from partners import views

app_name = "partners"
urlpatterns = [
    path("", views.structures, name="list"),
    path("nouvelle/", views.register, name="register"),
    path("la-mienne/", views.mine, name="mine"),
    path("<uuid:uid>/", views.structure, name="structure"),
    path("<uuid:uid>/modifier/", views.edit, name="edit"),
    path("<uuid:uid>/confirmation/", views.confirm, name="confirm"),
    path("<uuid:uid>/modifications/", views.history, name="history"),
    path("<uuid:uid>/sortie/", views.end, name="end"),
    path("<uuid:uid>/retour/", views.take_back, name="take_back"),
    path("<uuid:uid>/agences/nouvelle/", views.add_agency, name="add_agency"),
    path("agences/<uuid:uid>/modifier/", views.edit_agency, name="edit_agency"),
    path("agences/<uuid:uid>/confirmation/", views.confirm_agency, name="confirm_agency"),
    path("agences/<uuid:uid>/fermeture/", views.close_agency, name="close_agency"),
    path("agences/<uuid:uid>/reouverture/", views.reopen_agency, name="reopen_agency"),
    path("conseillers/<uuid:uid>/confirmation/", views.confirm_adviser, name="confirm_adviser"),
]
