"""Addresses of this app."""

from django.urls import path

from mobiliz.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.accounts, name="list"),
    path("nouveau/", views.open_account, name="open"),
    path("organisations/", views.organisations, name="organisations"),
    path("travailler-en-tant-que/", views.work_as, name="work_as"),
    path("appartenances/<uuid:uid>/terminer/", views.end_membership, name="end_membership"),
    path("<uuid:uid>/", views.account, name="account"),
    path("<uuid:uid>/appartenances/nouvelle/", views.add_membership, name="add_membership"),
    path("<uuid:uid>/desactiver/", views.deactivate, name="deactivate"),
    path("<uuid:uid>/reactiver/", views.reactivate, name="reactivate"),
    path("<uuid:uid>/partie/", views.leave, name="leave"),
    path("<uuid:uid>/sessions/fermer/", views.end_sessions, name="end_sessions"),
    path("<uuid:uid>/double-authentification/", views.reset_second_factor, name="reset_second_factor"),
]
