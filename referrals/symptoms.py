"""What someone who knows nothing of cars can notice of one, in codes: what is ticked, what the garage reads,
and what means that the car must not be driven any more.

Pure: knows no framework. A code is kept in dossiers: it is never given another meaning, nor taken away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Within a family, what it is and the circumstances."""

    WHAT = "what"
    WHERE = "where"
    WHEN = "when"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that is seen, heard, smelt or felt; `words` stand beside its box and in the garage's sentence."""

    code: str
    words: str
    is_stop: bool = False  # whoever drives on risks an accident, a fire or the engine
    group: Group = Group.WHAT


@dataclass(frozen=True, slots=True)
class Light(Symptom):
    """A light of the dashboard: its usual name, its colour, and what its drawing shows."""

    name: str = ""
    colour: str = ""
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Symptoms that are looked for together; `lead` begins the sentence, `where_to_look` helps to answer."""

    code: str
    title: str
    symptoms: tuple[Symptom, ...]
    lead: str = ""
    where_to_look: str = ""


def _light(code: str, colour: str, name: str, shows: str, *, is_stop: bool = False) -> Light:
    return Light(f"light_{code}", f"{name.lower()} ({colour})", is_stop, name=name, colour=colour, shows=shows)


def _where(code: str, words: str) -> Symptom:
    return Symptom(code, words, group=Group.WHERE)


def _when(code: str, words: str) -> Symptom:
    return Symptom(code, words, group=Group.WHEN)


FAMILIES = (
    Family(
        "start",
        "Elle démarre mal ou cale",
        (
            Symptom("start_silent", "rien ne se passe quand on tourne la clé"),
            Symptom("start_click", "on entend un déclic, puis plus rien"),
            Symptom("start_turns", "le démarreur tourne, mais le moteur ne part pas"),
            Symptom("start_cold", "le moteur part mal le matin ou par temps froid"),
            Symptom("start_jump", "il faut des câbles, ou la pousser, pour démarrer"),
            Symptom("start_stalls", "le moteur cale en roulant ou à l’arrêt"),
        ),
    ),
    Family(
        "lights",
        "Un voyant reste allumé",
        (
            _light("stop", "rouge", "Arrêt immédiat", "le mot STOP", is_stop=True),
            _light("oil", "rouge", "Huile", "une burette", is_stop=True),
            _light("heat", "rouge", "Température", "un thermomètre", is_stop=True),
            _light("brake", "rouge", "Frein", "un rond et un point d’exclamation", is_stop=True),
            _light("battery", "rouge", "Batterie", "une boîte, moins et plus", is_stop=True),
            _light("steering", "rouge", "Direction", "un volant", is_stop=True),
            _light("airbag", "rouge", "Airbag", "une personne assise, un ballon"),
            _light("engine", "orange", "Moteur", "un moteur de profil"),
            _light("abs", "orange", "ABS", "les lettres ABS"),
            _light("esp", "orange", "Antidérapage", "une voiture qui glisse"),
            _light("glow", "orange", "Préchauffage", "un ressort"),
            _light("filter", "orange", "Filtre à particules", "un pot et des points"),
            _light("tyre", "orange", "Pression des pneus", "un pneu et un point d’exclamation"),
            _light("service", "orange", "Entretien", "une clé plate"),
            Symptom("light_engine_blinks", "moteur (orange), il clignote", is_stop=True),
            Symptom("light_unknown", "un voyant que la personne ne sait pas décrire"),
        ),
        lead="Voyants allumés :",
        where_to_look="Au tableau de bord, moteur tournant, frein à main desserré. Une photo suffit.",
    ),
    Family(
        "brakes",
        "Les freins",
        (
            Symptom("brake_soft", "la pédale de frein s’enfonce ou est molle", is_stop=True),
            Symptom("brake_hard", "la pédale de frein est très dure", is_stop=True),
            Symptom("brake_long", "la voiture met plus longtemps à s’arrêter", is_stop=True),
            Symptom("brake_pulls", "la voiture tire d’un côté en freinant", is_stop=True),
            Symptom("brake_grinds", "ça racle en freinant, fer contre fer", is_stop=True),
            Symptom("brake_squeals", "ça grince ou siffle en freinant"),
            Symptom("brake_shakes", "la pédale ou le volant vibre en freinant"),
            Symptom("brake_park", "le frein à main ne tient plus"),
        ),
    ),
    Family(
        "noise",
        "Un bruit",
        (
            Symptom("noise_knock", "un claquement"),
            Symptom("noise_squeal", "un grincement"),
            Symptom("noise_whistle", "un sifflement"),
            Symptom("noise_hum", "un grondement qui monte avec la vitesse"),
            Symptom("noise_rattle", "un bruit de ferraille"),
            Symptom("noise_exhaust", "un échappement très bruyant"),
            _where("noise_front", "à l’avant"),
            _where("noise_rear", "à l’arrière"),
            _where("noise_left", "à gauche"),
            _where("noise_right", "à droite"),
            _where("noise_under", "sous la voiture"),
            _where("noise_bonnet", "sous le capot"),
            _when("noise_braking", "en freinant"),
            _when("noise_turning", "en tournant"),
            _when("noise_bumps", "sur les bosses"),
            _when("noise_speeding", "en accélérant"),
            _when("noise_idling", "à l’arrêt, moteur tournant"),
            _when("noise_cold", "seulement à froid"),
        ),
        lead="On entend",
    ),
    Family(
        "heat",
        "Elle chauffe",
        (
            Symptom("heat_gauge", "l’aiguille de température monte dans le rouge", is_stop=True),
            Symptom("heat_steam", "de la vapeur sort du capot", is_stop=True),
            Symptom("heat_tops_up", "il faut souvent rajouter du liquide de refroidissement"),
            Symptom("heat_fan", "le ventilateur tourne sans arrêt"),
        ),
        where_to_look="L’aiguille ou le thermomètre du tableau de bord. N’ouvrez jamais un bouchon à chaud.",
    ),
    Family(
        "smoke",
        "De la fumée, une odeur",
        (
            Symptom("smoke_bonnet", "de la fumée sort du capot", is_stop=True),
            Symptom("smell_fuel", "ça sent l’essence ou le gazole", is_stop=True),
            Symptom("smell_burning", "ça sent le brûlé", is_stop=True),
            Symptom("smell_exhaust", "ça sent les gaz d’échappement dans la voiture", is_stop=True),
            Symptom("smell_sweet", "ça sent le sucré, les vitres s’embuent"),
            Symptom("smoke_white", "de la fumée blanche sort du pot, même moteur chaud"),
            Symptom("smoke_blue", "de la fumée bleue sort du pot"),
            Symptom("smoke_black", "de la fumée noire sort du pot"),
        ),
    ),
    Family(
        "leak",
        "Une fuite, une tache par terre",
        (
            Symptom("leak_fuel", "de l’essence ou du gazole", is_stop=True),
            Symptom("leak_brake", "un liquide clair et gras près d’une roue", is_stop=True),
            Symptom("leak_coolant", "un liquide vert, rose, orange ou bleu"),
            Symptom("leak_oil", "un liquide brun ou noir, gras"),
            Symptom("leak_red", "un liquide rouge et gras"),
            Symptom("leak_water", "de l’eau claire, sans odeur"),
            Symptom("leak_unknown", "une tache dont la couleur n’est pas connue"),
        ),
        lead="Sous la voiture, on trouve",
        where_to_look="Un carton glissé sous la voiture pour la nuit montre l’endroit et la couleur.",
    ),
    Family(
        "steering",
        "La direction, les roues",
        (
            Symptom("steer_loose", "le volant a du jeu, la voiture flotte", is_stop=True),
            Symptom("tyre_worn", "un pneu est lisse, déformé, ou laisse voir des fils", is_stop=True),
            Symptom("steer_heavy", "le volant est dur à tourner"),
            Symptom("steer_pulls", "la voiture tire d’un côté en roulant"),
            Symptom("steer_shakes", "le volant vibre en roulant"),
            Symptom("steer_bounces", "la voiture rebondit ou penche d’un côté"),
            Symptom("tyre_flat", "un pneu est crevé ou se dégonfle"),
        ),
    ),
    Family(
        "gearbox",
        "L’embrayage, les vitesses",
        (
            Symptom("clutch_slips", "le moteur s’emballe, mais la voiture n’avance pas"),
            Symptom("clutch_pedal", "la pédale d’embrayage est dure ou reste au plancher"),
            Symptom("gear_hard", "les vitesses passent mal ou craquent"),
            Symptom("gear_jumps", "une vitesse saute toute seule"),
            Symptom("gear_none", "aucune vitesse ne passe"),
        ),
    ),
    Family(
        "engine",
        "Le moteur tourne mal",
        (
            Symptom("engine_weak", "la voiture manque de puissance"),
            Symptom("engine_jerks", "le moteur avance par à-coups"),
            Symptom("engine_fuel", "elle consomme bien plus de carburant"),
            Symptom("engine_oil", "il faut souvent rajouter de l’huile"),
        ),
    ),
    Family(
        "electric",
        "Les phares, les essuie-glaces, l’électricité",
        (
            Symptom("elec_lamp", "un phare ou un feu ne s’allume plus"),
            Symptom("elec_wipers", "les essuie-glaces ne marchent plus"),
            Symptom("elec_battery", "la batterie se vide toute seule"),
            Symptom("elec_heating", "le chauffage ou le désembuage ne marche plus"),
            Symptom("elec_window", "une vitre ne remonte plus"),
            Symptom("elec_lock", "la clé ou la télécommande ne ferme plus"),
        ),
    ),
    Family(
        "check",
        "Le contrôle technique, l’entretien",
        (
            Symptom(
                "check_critical", "refusée au contrôle technique, lettre R : elle ne peut plus rouler", is_stop=True
            ),
            Symptom("check_major", "refusée au contrôle technique, lettre S : contre-visite dans les deux mois"),
            Symptom("check_failed", "refusée au contrôle technique, lettre non connue"),
            Symptom("check_due", "le contrôle technique est à passer"),
            Symptom("check_named", "un garage a déjà dit ce qu’il faut réparer"),
            Symptom("service_due", "la révision ou la vidange est à faire"),
            Symptom("belt_due", "la courroie de distribution est à changer"),
        ),
        where_to_look="La lettre A, S ou R est sur le procès-verbal du contrôle : photographiez-le, sans le nom.",
    ),
    Family(
        "body",
        "Un choc, la carrosserie",
        (
            Symptom("body_hit", "elle a eu un accident ou un choc"),
            Symptom("body_loose", "une pièce pend ou frotte"),
            Symptom("body_glass", "le pare-brise ou une vitre est cassé"),
            Symptom("body_door", "une porte ou le capot ferme mal"),
            Symptom("body_mirror", "un rétroviseur est cassé"),
            Symptom("body_belt", "une ceinture ne s’attache plus"),
            Symptom("body_water", "de l’eau entre dans la voiture"),
        ),
    ),
)

SYMPTOMS = {symptom.code: symptom for family in FAMILIES for symptom in family.symptoms}
CODES = tuple(SYMPTOMS)


def in_order(codes: Iterable[str]) -> list[str]:
    """Each known code once, as the catalogue orders them."""
    given = set(codes)
    return [code for code in CODES if code in given]


def sentences(codes: Iterable[str]) -> list[str]:
    """What was noticed as a garage reads it, one sentence a family."""
    given = set(codes)
    return [_sentence(family, given) for family in FAMILIES if given & {one.code for one in family.symptoms}]


def stop_reasons(codes: Iterable[str]) -> list[str]:
    """Why the car must not be driven any more, in words; empty when nothing says so."""
    given = set(codes)
    return [_stop_words(one) for one in SYMPTOMS.values() if one.is_stop and one.code in given]


def joined(words: Iterable[str]) -> str:
    """ "un claquement, un sifflement et un grincement" """
    *most, last = words
    return f"{', '.join(most)} et {last}" if most else last


def _sentence(family: Family, given: set[str]) -> str:
    parts = [joined(words) for words in _by_group(family, given)]
    if family.code == "noise" and not any(one.code in given for one in family.symptoms if one.group == Group.WHAT):
        parts.insert(0, "un bruit")
    text = f"{family.lead} {', '.join(parts)}".strip()
    return f"{text[0].upper()}{text[1:]}."


def _by_group(family: Family, given: set[str]) -> Iterator[list[str]]:
    for group in Group:
        words = [one.words for one in family.symptoms if one.group == group and one.code in given]
        if words:
            yield words


def _stop_words(symptom: Symptom) -> str:
    return f"voyant {symptom.words}" if symptom.code.startswith("light_") else symptom.words
