"""Addresses of incidents: the pilot's queue and answers, what the sender's side does with one of its own."""

from django.urls import path

from referrals.desks import pilot_incidents
from referrals.desks.adviser import incidents

urlpatterns = [
    path("", pilot_incidents.incidents, name="incidents"),
    path("<uuid:uid>/", pilot_incidents.incident, name="incident"),
    path("<uuid:uid>/prendre/", pilot_incidents.take, name="incident_take"),
    path("<uuid:uid>/repondre/", pilot_incidents.answer, name="incident_answer"),
    path("<uuid:uid>/mettre-en-lien/", pilot_incidents.connect, name="incident_connect"),
    path("<uuid:uid>/sans-garage/", pilot_incidents.close_without_garage, name="incident_no_garage"),
    path("<uuid:uid>/preciser/", incidents.complete, name="incident_complete"),
    path("<uuid:uid>/retirer/", incidents.take_back, name="incident_take_back"),
    path("<uuid:uid>/lu/", incidents.acknowledge, name="incident_acknowledge"),
]
