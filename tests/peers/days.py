"""Days as pages tell them: in Paris, where it is tomorrow before it is so elsewhere."""

import datetime
import zoneinfo

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def today():
    return datetime.datetime.now(PARIS).date()
