"""Addresses of the rules' versions."""

from django.urls import path

from eligibility import trial_views, views

urlpatterns = [
    path("<uuid:uid>/", views.rule_set, name="rule_set"),
    path("<uuid:uid>/essai/", trial_views.trial, name="rule_set_trial"),
]
