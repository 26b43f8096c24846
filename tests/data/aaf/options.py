"""What a run is asked for, as one value that every part reads."""

import datetime
from dataclasses import dataclass, field

from .rates import Rates


@dataclass(frozen=True)
class Options:
    seed: str = "preau"
    academies: tuple = (10,)
    degrees: tuple = (1, 2)
    people: int = 0  # about so many pupils and guardians per academy, over the degrees written; 0: by `schools`
    schools: tuple = ()  # écoles, collèges, lycées of each academy; (): by `people`
    date: datetime.date = datetime.date(2025, 9, 15)  # of day 0
    first_year: int = 0  # school year the population is drawn for; 0: that of `date`
    day: int = 0
    delta: bool = False
    change_rate: float = 0.005  # share of records that one day changes
    generation: int = 2024
    link: str = "new"
    legacy: str = "none"
    part_size: int = 3400
    encoding: str = "utf-8"
    accents: str = "references"
    declared: str = ""  # another encoding than the true one in the declaration
    newline: str = "lf"
    naming: str = "reference"
    order: str = "category"
    inside: str = ""  # folder inside the archive
    container: str = "tgz"
    level: int = 4
    bad: tuple = ()
    anomalies: tuple = ()
    rates: Rates = field(default_factory=Rates)

    @property
    def school_year(self):
        """2025 for 2025-2026; it does not turn while days go by, only with `date`."""
        return self.date.year if self.date.month >= 8 else self.date.year - 1

    @property
    def population_year(self):
        return self.first_year or self.school_year

    @property
    def export_date(self):
        return self.date + datetime.timedelta(days=self.day)
