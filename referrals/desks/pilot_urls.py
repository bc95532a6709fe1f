"""Addresses of the pilot's reviews."""

from django.urls import path

from referrals.desks import pilot

urlpatterns = [
    path("<uuid:uid>/", pilot.review, name="review"),
    path("<uuid:uid>/accorder/", pilot.approve, name="review_approve"),
    path("<uuid:uid>/refuser/", pilot.refuse, name="review_refuse"),
]
