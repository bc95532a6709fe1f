from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "mobiliz.lib"
    label = "lib"
