"""Made-up people and cars, drawn the same at every load."""

from __future__ import annotations

import random
from datetime import date

FIRST_NAMES = [
    "Nadia",
    "Karim",
    "Sylvie",
    "Amadou",
    "Leïla",
    "Thomas",
    "Jeanne",
    "Mickaël",
    "Fatou",
    "Hélène",
    "Rachid",
    "Claire",
    "Yann",
    "Inès",
    "Bruno",
    "Maryse",
    "Ousmane",
    "Élodie",
    "Samir",
    "Ghislaine",
    "Tiago",
    "Noémie",
    "Moussa",
    "Corinne",
    "Adrien",
    "Aïcha",
    "Patrick",
    "Sonia",
    "Kevin",
    "Brigitte",
    "Malik",
    "Delphine",
]
LAST_NAMES = [
    "Benali",
    "Perrin",
    "Diallo",
    "Haddad",
    "Girard",
    "Vial",
    "Roux",
    "Marchand",
    "Fontaine",
    "Lopes",
    "Nguyen",
    "Barbier",
    "Camara",
    "Lefort",
    "Morin",
    "Da-Silva",
    "Chevallier",
    "Traoré",
    "Renaud",
    "Bouvier",
    "Kaci",
    "Aubert",
    "Picard",
    "Mendes",
    "Faure",
    "Guillot",
    "Sarr",
    "Bonnet",
    "Charpentier",
    "Oliveira",
    "Joly",
]
CARS = (
    ("Renault", "Clio"),
    ("Renault", "Twingo"),
    ("Renault", "Scénic"),
    ("Renault", "Mégane"),
    ("Renault", "Kangoo"),
    ("Dacia", "Sandero"),
    ("Dacia", "Logan"),
    ("Peugeot", "206"),
    ("Citroën", "C3"),
    ("Renault", "Modus"),
)
FAULTS = (
    "Plaquettes et disques avant usés",
    "Embrayage qui patine",
    "Démarrage difficile le matin",
    "Courroie de distribution à remplacer",
    "Fuite de liquide de refroidissement",
    "Amortisseurs avant fatigués",
    "Pot d’échappement percé",
    "Voyant moteur allumé, perte de puissance",
    "Batterie à plat après une nuit",
    "Contrôle technique refusé : pneus et freinage",
)


class Draw:
    """A repeatable source of names and cars."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def name(self) -> tuple[str, str]:
        return self.random.choice(FIRST_NAMES), self.random.choice(LAST_NAMES)

    def birth_date(self, year: int) -> date:
        born = year - self.random.randint(22, 58)
        return date(born, self.random.randint(1, 12), self.random.randint(1, 28))

    def car(self, year: int) -> tuple[str, str, int]:
        return *self.random.choice(CARS), year - self.random.randint(6, 16)

    def fault(self) -> str:
        return self.random.choice(FAULTS)
