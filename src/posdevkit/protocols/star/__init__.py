"""Star's languages: StarPRNT, Star Line Mode and the raster mode of the TSP100 family.

One table, since the three share their commands; what a model understands of it stands in its profile.
"""

from .decoder import Decoder
from .language import STAR

__all__ = ["STAR", "Decoder"]
