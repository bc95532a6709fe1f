"""Addresses of the rules' versions."""

from django.urls import path

from eligibility import views

urlpatterns = [
    path("<uuid:uid>/", views.rule_set, name="rule_set"),
]
