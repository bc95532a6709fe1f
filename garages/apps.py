from django.apps import AppConfig


class GaragesConfig(AppConfig):
    name = "garages"
    label = "garages"
    verbose_name = "Garages"
