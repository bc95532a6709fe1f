from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mobiliz.demo"
    label = "demo"
    verbose_name = "Démonstration"
