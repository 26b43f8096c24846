"""A nation of accounts, written straight into the tables: thirty academies of collèges and écoles, families in several of them."""

import psycopg

from .portal_store import UAI_LETTERS

ACADEMIES = (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 27, 28, 31, 32, 33, 43, 70)
GUARDIANS, PUPILS, CLASS = 400, 250, 25  # of a school
OF_A_SCHOOL = GUARDIANS + PUPILS
ELSEWHERE = 7  # one guardian in so many has a second child in the next school, which may be another academy's

STEPS = (
    ("academies", "insert into preau.academy (code, name) select code, 'Mesure ' || code from unnest(%(academies)s) code on conflict do nothing"),
    ("schools", """
insert into preau.school (academy, uai, degree, name, kind, city)
select n.academy, d.digits || substr(%(letters)s, d.digits::int %% 23 + 1, 1), 2, 'Collège ' || n.number, 'college', 'Ville ' || n.number %% 97
  from (select number, (%(academies)s)[number / %(apart)s + 1] as academy from generate_series(0, %(schools)s - 1) number) n,
       lateral (select lpad((n.academy * 10000 + 1 + n.number %% %(apart)s)::text, 7, '0') as digits) d"""),
    ("accounts", """
insert into preau.account (academy, id, profile, state, origin, password, login, email, notified_at, notification_expires_at, activated_at)
select n.academy, n.id, n.profile::preau.profile, s.state::preau.account_state,
       case when s.state = 'non_distribue' then 'non_renseigne'
            else (array['etablissement', 'etablissement', 'franceconnect', 'responsable'])[n.id %% 4 + 1] end::preau.account_origin,
       case when s.state in ('active', 'en_cours') then 'chosen' else 'provisional' end::preau.password_kind, 'm.compte' || n.id, case when s.state in ('active', 'en_cours') then 'moi' || n.id || '@example.net' end,
       case when s.state <> 'non_distribue' then now() end, case when s.state <> 'non_distribue' then now() + interval '3 months' end,
       case s.state when 'active' then now() end
  from (select i as id, (%(academies)s)[(i - 1) / %(each)s / %(apart)s + 1] as academy,
               case when (i - 1) %% %(each)s < %(guardians)s then 'responsable' else 'eleve' end as profile
          from generate_series(1, %(total)s) i) n,
       lateral (select (array['non_distribue', 'distribue', 'distribue', 'active', 'active', 'active',
                              case n.profile when 'eleve' then 'active' else 'en_cours' end])[(n.id::bigint * 7919 %% 7)::int + 1] as state) s"""),
    ("credentials", "insert into preau.credential (academy, account_id, sealed, hash)"
     " select academy, id, case password when 'provisional' then '\\x00'::bytea end, case password when 'chosen' then 'x' end from preau.account"),
    ("persons", """
insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, digest, account_academy, account_id)
select a.academy, 2, a.id, a.profile, 'Mesure', 'Camille', 'mesure camille', case a.profile when 'eleve' then date '2012-05-06' end,
       decode(md5(a.id::text), 'hex'), a.academy, a.id
  from preau.account a"""),
    ("second records", """
insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, digest, account_academy, account_id)
select s.academy, 2, a.id + %(total)s, a.profile, 'Mesure', 'Camille', 'mesure camille', decode(md5((-a.id)::text), 'hex'), a.academy, a.id
  from preau.account a,
       lateral (select (%(academies)s)[((a.id - 1) / %(each)s + 1) / %(apart)s + 1] as academy) s
 where a.profile = 'responsable' and a.id %% %(elsewhere)s = 0 and a.id + %(each)s <= %(total)s"""),
    ("enrolments", """
insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class, niveau)
select a.academy, 2, a.id, s.uai, 1, 6 - c.number %% 4 || chr((65 + c.number / 4)::int), 6 - c.number %% 4 || 'EME'
  from preau.account a
  join (select uai, row_number() over (order by name_number) as number
          from (select uai, substr(name, 9)::int as name_number from preau.school) n) s on s.number = (a.id - 1) / %(each)s + 1,
       lateral (select ((a.id - 1) %% %(each)s - %(guardians)s) / %(class)s as number) c
 where a.profile = 'eleve'"""),
    ("guardianships", """
insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)
select a.academy, 2, f.first + %(guardians)s + child, a.id, 10
  from preau.account a,
       lateral (select (a.id - 1) / %(each)s * %(each)s + 1 as first, (a.id - 1) %% %(each)s as here) f,
       lateral (select distinct child from unnest(array[here %% %(pupils)s, case when here %% 5 = 0 then (here + 1) %% %(pupils)s end]) child
                 where child is not null) c
 where a.profile = 'responsable'
 union all
select p.academy, 2, ((p.account_id - 1) / %(each)s + 1) * %(each)s + 1 + %(guardians)s + p.account_id %% %(pupils)s, p.aaf_id, 10
  from preau.person p where p.aaf_id > %(total)s"""),
)


def fill(connection, accounts, tell):
    """At least so many accounts; gives how many."""
    apart = max(1, -(-accounts // (OF_A_SCHOOL * len(ACADEMIES))))  # schools of an academy
    schools = apart * len(ACADEMIES)
    values = {"academies": list(ACADEMIES), "letters": UAI_LETTERS, "schools": schools, "apart": apart, "guardians": GUARDIANS, "pupils": PUPILS,
              "each": OF_A_SCHOOL, "total": schools * OF_A_SCHOOL, "class": CLASS, "elsewhere": ELSEWHERE}
    connection.execute("set session_replication_role = replica")  # rows as they would have become, not one by one
    for name, text in STEPS:
        tell(f"store: {name}")
        psycopg.ClientCursor(connection).execute(text, values)
    connection.execute("reset session_replication_role")
    tell("store: vacuum, analyze")
    connection.execute("vacuum (freeze, analyze)")
    return schools * OF_A_SCHOOL


def first_school(connection):
    return connection.execute("select min(uai) from preau.school").fetchone()[0]
