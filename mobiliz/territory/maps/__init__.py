"""Maps drawn from our own data, as SVG: a department from near, and France by department in classes.

Outlines: MapSVG, CC BY 4.0. Whoever shows a map with outlines says so beside it: templates/territory/_attribution.html.
"""

from mobiliz.territory.maps.department import DepartmentMap, Look, Pin, Reach, Spot
from mobiliz.territory.maps.france import FranceMap

__all__ = ["DepartmentMap", "FranceMap", "Look", "Pin", "Reach", "Spot"]
