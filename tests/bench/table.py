"""What the bench found, for people to read."""

import statistics

from . import figures

MB = 1e6
WIDTH = 100


def number(value, target):
    return f"{value:.1f} {target.unit}" if target.unit else f"{value:.2f}"


def spread(target):
    low, high = min(target.values), max(target.values)
    return f"{number(low, target)} – {number(high, target)}" if len(target.values) > 1 else ""


def promise_line(target):
    limit = f"{'≤' if target.most else '≥'} {number(target.limit, target)}"
    aim = f"{target.aim:.2f}" if target.aim else ""
    verdict = "met" if target.is_met else "MISSED"
    return (f"{target.name:28}{number(target.median, target):>11}   {spread(target):21}{limit:>12}{aim:>7}   "
            f"{verdict:8}{target.what}")


def promise_lines(targets):
    yield f"{'':28}{'median':>11}   {'min – max':21}{'promised':>12}{'aim':>7}"
    yield from map(promise_line, targets)


def middle(costs):
    """The one whose wall time is the median (the lower one of two)."""
    return sorted(costs, key=lambda cost: cost.wall)[(len(costs) - 1) // 2]


def bound_lines(name, costs, academies=1):
    """Of the round in the middle."""
    if not costs:
        return
    cost = middle(costs)
    yield f"{name}: {cost.wall:.2f} s of wall time, {cost.cpu:.2f} s of CPU; bound by {figures.bound(cost, academies)}"
    yield (f"    importd {cost.importer:.2f} s ({figures.share(cost.importer, cost):.0%} of the wall time), PostgreSQL "
           f"{cost.postgres:.2f} s ({figures.share(cost.postgres, cost):.0%}), a core idle for a disk {cost.disk:.2f} s")
    yield (f"    {cost.xml / MB:.0f} MB of XML, {cost.xml / MB / cost.wall:.0f} MB/s; PostgreSQL's log "
           f"{cost.wal / MB:.1f} MB, {cost.wal / MB / cost.wall:.1f} MB/s; importd's peak {cost.peak / figures.MIB:.1f} MiB")


def xmllint_lines(measured):
    if measured.xmllint:
        rate = measured.nightly[0].xml / MB / statistics.median(measured.xmllint)
        yield f"xmllint: {statistics.median(measured.xmllint):.2f} s of CPU, {rate:.0f} MB/s"
    if measured.unpack:
        yield f"gzip -dc | tar -xO: {statistics.median(measured.unpack):.2f} s of CPU (within importd's, not within xmllint's)"


def copy_lines(measured):
    if not measured.copy:
        return
    yield f"bare COPY: {statistics.median(sum(one.values()) for one in measured.copy):.2f} s of wall time (one transaction)"
    for table in measured.copy[0]:
        took = statistics.median(one[table] for one in measured.copy)
        rows = measured.copy_rows.get(table, 0)
        yield f"    {table:24} {took:8.2f} s" + (f" {rows:10} rows, {rows / took:9.0f}/s" if rows else "")


def statement_lines(measured):
    for name, longest in measured.statements.items():
        if longest:
            yield f"{name}, its longest statements (last round; all calls together):"
            yield from (f"    {seconds:8.2f} s {calls:7} × {text[:WIDTH]}" for seconds, calls, text in longest)


def night_lines(measured):
    if not measured.nightly_together:
        return
    cost = middle(measured.nightly_together)
    rate, needed = cost.xml / MB / cost.wall, figures.night_seconds(cost)
    yield (f"national night ({figures.NIGHT_ACADEMIES} academies, {figures.NIGHT_PEOPLE:,} people, "
           f"{figures.NIGHT_BYTES / 1e9:.0f} GB of XML):")
    yield (f"    two academies together: {cost.xml / MB:.0f} MB ÷ {cost.wall:.2f} s = {rate:.1f} MB/s; "
           f"{figures.NIGHT_BYTES / MB:.0f} MB ÷ {rate:.1f} MB/s = {needed:.0f} s = {needed / 60:.1f} min")
    people = figures.NIGHT_PEOPLE / (2 * measured.people) * cost.wall
    yield (f"    by people: {figures.NIGHT_PEOPLE:,} ÷ {2 * measured.people:,} × {cost.wall:.2f} s = {people:.0f} s")


def condition_lines(measured, conditions):
    yield from (f"{name + ':':12} {text}" for name, text in conditions.items())
    night = measured.night_records
    if night:
        differing = sum(night.get(what, 0) for what in ("added", "changed", "departed"))
        yield (f"{'records:':12} {night['read']:,} read by the nightly run, {differing:,} of them added, changed or departed "
               f"({differing / night['read']:.2%})")


def lines(measured, targets, conditions):
    yield from condition_lines(measured, conditions)
    yield ""
    yield from promise_lines(targets)
    yield ""
    yield "What bounds them"
    yield from bound_lines("nightly run", measured.nightly)
    yield from xmllint_lines(measured)
    yield from bound_lines("first load", measured.first)
    yield from copy_lines(measured)
    yield from bound_lines("nightly run, two together", measured.nightly_together, 2)
    yield from bound_lines("first load, two together", measured.first_together, 2)
    for name, cost in measured.double.items():
        yield from bound_lines(f"{name}, twice the people", [cost])
    yield from night_lines(measured)
    yield from statement_lines(measured)
