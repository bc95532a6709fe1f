"""Addresses of the programme's settings."""

from django.urls import path

from mobiliz.programme import views

urlpatterns = [
    path("", views.settings, name="settings"),
    path("<slug:key>/", views.change, name="change_setting"),
]
