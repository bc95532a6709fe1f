"""Addresses of this app."""

from django.urls import path

from garages import views

app_name = "garages"
urlpatterns = [
    path("", views.garages, name="list"),
    path("nouveau/", views.register, name="register"),
    path("<uuid:uid>/", views.garage, name="garage"),
    path("<uuid:uid>/modifier/", views.edit, name="edit"),
    path("<uuid:uid>/statut/", views.status, name="status"),
    path("<uuid:uid>/interlocuteurs/nouveau/", views.add_contact, name="add_contact"),
    path("interlocuteurs/<uuid:uid>/modifier/", views.edit_contact, name="edit_contact"),
    path("interlocuteurs/<uuid:uid>/depart/", views.end_contact, name="end_contact"),
    path("interlocuteurs/<uuid:uid>/avant/", views.move_contact_up, name="move_contact_up"),
]
