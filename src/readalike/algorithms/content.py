"""Books with the same subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from readalike.algorithms.settings import Progress, Settings, setting, silent
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.models import ItemItem
from readalike.models.weights import StarWeights
