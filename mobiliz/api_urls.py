"""Every address of the partners' API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
