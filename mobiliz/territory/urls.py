"""Addresses of this app."""

from django.urls import path

from mobiliz.territory import views

urlpatterns = [path("", views.search, name="communes")]
