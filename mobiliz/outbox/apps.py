from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "mobiliz.outbox"
    label = "outbox"
    verbose_name = "Messages à envoyer"
