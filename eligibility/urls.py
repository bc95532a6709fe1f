"""Addresses of the rules' versions."""

from django.urls import path

from eligibility import drift_views, trial_views, views
from eligibility.desks import editor, versions

urlpatterns = [
    path("versions/", versions.versions, name="rule_sets"),
    path("versions/nouvelle/", versions.new_version, name="new_rule_set"),
    path("ecarts/", drift_views.drifts, name="rule_drifts"),
    path("ecarts/<uuid:uid>/vu/", drift_views.seen, name="drift_seen"),
    path("<uuid:uid>/", views.rule_set, name="rule_set"),
    path("<uuid:uid>/essai/", trial_views.trial, name="rule_set_trial"),
    path("<uuid:uid>/brouillon/", editor.edit, name="edit_rule_set"),
    path("<uuid:uid>/proposer/", views.propose, name="propose_rule_set"),
    path("<uuid:uid>/renvoyer/", views.send_back, name="send_back_rule_set"),
    path("<uuid:uid>/approuver/", views.approve, name="approve_rule_set"),
    path("<uuid:uid>/abandonner/", views.discard, name="discard_rule_set"),
    path("<uuid:uid>/lu/", views.acknowledge, name="acknowledge_rule_set"),
]
