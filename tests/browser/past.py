"""Months that are over, in the tables of statistics."""


def past(site, academy, uai):
    """A snapshot each day since September, a week aside, each of more active accounts than the one before."""
    with site.psql() as database:
        days = ("select d::date as day, (d::date - b.first + 1.0) / (b.last - b.first + 1) as share from (select make_date(extract(year from"
                " current_date - interval '8 months')::integer, 9, 1) as first, max(day) as last from preau.statistics_day) b,"
                " generate_series(b.first::timestamp, b.last::timestamp - interval '1 day', '1 day') d where d::date not between b.first + 30 and b.first + 37")
        database.execute(f"insert into preau.statistics_day select day, day + interval '3 hours' from ({days}) d on conflict do nothing")
        for table, place in (("statistics", "s.uai = %(uai)s"), ("statistics_area", "true")):
            more = ", uai, city_accounts" if table == "statistics" else ""
            for state, part in (("active", "0.6 * d.share ^ 2"), ("distribue", "1 - 0.6 * d.share ^ 2")):
                database.execute(
                    f"insert into preau.{table} (day, academy, profile, state, origin, accounts{more}) select d.day, s.academy, s.profile,"
                    f" '{state}', 'etablissement', greatest(1, (s.whole * ({part}))::integer){', s.uai, 0' if more else ''}"
                    f" from ({days}) d, (select academy, profile, sum(accounts) as whole{', uai' if more else ''} from preau.{table} s"
                    f" where academy = %(academy)s and {place} and day = (select max(day) from preau.statistics_day)"
                    f" group by academy, profile{', uai' if more else ''}) s", {"academy": academy, "uai": uai})
