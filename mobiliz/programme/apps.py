from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "mobiliz.programme"
    label = "programme"
    verbose_name = "Programme"
