"""Addresses of the mails; nowhere in production."""

from django.urls import path

from mobiliz.outbox import views

urlpatterns = [
    path("", views.mails, name="demo_mails"),
    path("<uuid:uid>/", views.mail, name="demo_mail"),
]
