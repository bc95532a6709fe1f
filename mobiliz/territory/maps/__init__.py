"""Maps drawn from our own data, as SVG: a department from near, and France by department in classes.

Outlines: MapSVG, CC BY 4.0. Whoever shows a map with outlines shows `ATTRIBUTION` beside it.
"""

from mobiliz.territory.maps.department import DepartmentMap, Look, Pin, Reach, Spot
from mobiliz.territory.maps.france import FranceMap
from mobiliz.territory.maps.outlines import ATTRIBUTION

__all__ = ["ATTRIBUTION", "DepartmentMap", "FranceMap", "Look", "Pin", "Reach", "Spot"]
