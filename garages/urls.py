"""Addresses of this app."""

from django.urls import path

from garages import views

app_name = "garages"
urlpatterns = [
    path("", views.garages, name="list"),
    path("nouveau/", views.register, name="register"),
    path("le-mien/", views.mine, name="mine"),
    path("<uuid:uid>/", views.garage, name="garage"),
    path("<uuid:uid>/modifier/", views.edit, name="edit"),
    path("<uuid:uid>/statut/", views.status, name="status"),
    path("<uuid:uid>/confirmation/", views.confirm, name="confirm"),
    path("<uuid:uid>/engagement/", views.confirm_engagement, name="confirm_engagement"),
    path("<uuid:uid>/proprietaire/", views.owner, name="owner"),
    path("<uuid:uid>/charte/", views.charter, name="charter"),
    path("<uuid:uid>/accords/", views.terms, name="terms"),
    path("<uuid:uid>/modifications/", views.history, name="history"),
    path("<uuid:uid>/interlocuteurs/nouveau/", views.add_contact, name="add_contact"),
    path("interlocuteurs/<uuid:uid>/modifier/", views.edit_contact, name="edit_contact"),
    path("interlocuteurs/<uuid:uid>/confirmation/", views.confirm_contact, name="confirm_contact"),
    path("interlocuteurs/<uuid:uid>/depart/", views.end_contact, name="end_contact"),
    path("interlocuteurs/<uuid:uid>/avant/", views.move_contact_up, name="move_contact_up"),
]
