from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "mobiliz.territory"
    label = "territory"
    verbose_name = "Territoires"
