from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "mobiliz.simulation"
    label = "simulation"
