"""What /metrics answers, read."""


def series_of(text):
    """{'preau_bus_calls_total{outcome="ok"}': 3.0}"""
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {series: float(value) for series, value in pairs}
