"""A store of very many accounts, written straight into the tables: one academy of collèges of 2,000 guardians each."""

ACADEMY = 11
GUARDIANS, PUPILS = 2000, 1250
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"

NOMS = ("Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David Bertrand Morel "
        "Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Müller Faure Mercier Blanc Guérin Boyer Garnier Chevalier "
        "François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval").split()
PRENOMS = ("Anne Élodie Zoé Étienne Léa Noé Inès Tom Awa Marie Jean Paul Lucie Hugo Chloé Louis Emma Jules Manon Gabriel Sarah Adam "
           "Camille Raphaël Nora Lina Yanis Maël Éva Samuel Alice Victor Julie Antoine Clara Maxime").split()
PLAIN = "translate(lower({}), 'éèëêçïîüôà', 'eeeeciiuoa')"

STEPS = (
    ("schools", """
insert into preau.school (academy, uai, degree, name, kind, city)
select {academy}, d.digits || substr('{letters}', d.digits::int % 23 + 1, 1), 2, 'Collège ' || n, 'college', 'Ville ' || n % 100
  from generate_series(1, {schools}) n, lateral (select '011' || lpad((5000 + n)::text, 4, '0') as digits) d"""),
    ("accounts", """
insert into preau.account (academy, id, profile, state, origin, password, login, email, email_confirmed_at, mobile, notified_at,
                           notification_expires_at, activated_at)
select {academy}, n, case when here < {guardians} then 'responsable' else 'eleve' end::preau.profile, s.state::preau.account_state,
       case s.state when 'non_distribue' then 'non_renseigne' else 'etablissement' end::preau.account_origin,
       case when s.state in ('active', 'en_cours') then 'chosen' else 'provisional' end::preau.password_kind,
       chr(97 + n % 26) || '.compte' || n, case when s.state in ('active', 'en_cours') then 'moi' || n || '@example.net' end,
       case s.state when 'active' then t.at + interval '1 day' end, null,
       case when s.state <> 'non_distribue' then t.at end, case when s.state <> 'non_distribue' then t.at + interval '3 months' end,
       case s.state when 'active' then t.at + interval '1 day' end
  from (select n, (n - 1) % {accounts} as here from generate_series(1, {total}) n) n,
       lateral (select (array['non_distribue', 'distribue', 'distribue', 'active', 'active', 'active',
                              case when here < {guardians} then 'en_cours' else 'active' end])[(n::bigint * 7919 % 7)::int + 1] as state) s,
       lateral (select now() - make_interval(hours => (n::bigint * 104729 % 2400)::int) as at) t"""),
    ("credentials", """
insert into preau.credential (academy, account_id, sealed, hash, last_sign_in_at)
select academy, id, case password when 'provisional' then '\\x00'::bytea end, case password when 'chosen' then 'x' end,
       case when state = 'active' and id % 3 > 0 then activated_at end from preau.account"""),
    ("persons", """
insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, mail, mobile, digest, account_academy,
                          account_id)
select {academy}, 2, a.id, a.profile, w.nom, w.prenom, {search}, case a.profile when 'eleve' then date '2012-05-06' end,
       case when a.id % 10 < 7 then 'personne' || a.id || '@example.org' end, case when a.id % 10 < 6 then '+336' || lpad(a.id::text, 8, '0') end,
       decode(md5(a.id::text), 'hex'), a.academy, a.id
  from preau.account a,
       lateral (select (array[{noms}])[(a.id * 31 % {nom_count})::int + 1] as nom, (array[{prenoms}])[(a.id * 17 % {prenom_count})::int + 1] as prenom) w"""),
    ("enrolments", """
insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class, niveau)
select {academy}, 2, a.id, s.uai, 1, 6 - a.id % 4 || chr((65 + a.id / 4 % 8)::int), 'N' || 6 - a.id % 4
  from preau.account a
  join (select uai, row_number() over (order by uai) as number from preau.school) s on s.number = (a.id - 1) / {accounts} + 1
 where a.profile = 'eleve'"""),
    ("guardianships", """
insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)
select {academy}, 2, first + {guardians} + child, first + here, 10
  from (select (n - 1) / {accounts} * {accounts} + 1 as first, (n - 1) % {accounts} as here from generate_series(1, {total}) n) g,
       lateral (select distinct child from unnest(array[here % {pupils}, case when here % 7 = 0 then (here + 1) % {pupils} end]) child
                 where child is not null) c
 where here < {guardians}"""),
    ("deliveries", """
insert into preau.delivery (academy, account_id, kind, channel, recipient, state, reason, created_at, done_at)
select a.academy, a.id, 'notification', 'mail', p.mail, case when a.id % 25 = 0 then 'failed' else 'sent' end,
       case when a.id % 25 = 0 then 'address_refused' end, a.notified_at, a.notified_at
  from preau.account a
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (a.academy, 2, a.id)
 where a.notified_at is not null and p.mail is not null"""),
)


def quoted(words):
    return ", ".join(f"'{word}'" for word in words)


def fill(connection, accounts, tell, guardians=GUARDIANS, pupils=PUPILS):
    """At least so many accounts, in schools of so many guardians and pupils; gives how many."""
    of_a_school = guardians + pupils
    schools = max(2, -(-accounts // of_a_school))
    values = {
        "academy": ACADEMY, "letters": UAI_LETTERS, "schools": schools, "guardians": guardians, "pupils": pupils,
        "accounts": of_a_school, "total": schools * of_a_school, "noms": quoted(NOMS), "prenoms": quoted(PRENOMS), "nom_count": len(NOMS),
        "prenom_count": len(PRENOMS), "search": PLAIN.format("w.nom || ' ' || w.prenom"),
    }
    connection.execute("insert into preau.academy (code, name) values (%s, 'Mesure') on conflict do nothing", (ACADEMY,))
    connection.execute("set session_replication_role = replica")  # rows as they would have become, not one by one
    for name, text in STEPS:
        tell(f"store: {name}")
        connection.execute(text.format(**values))
    connection.execute("reset session_replication_role")
    tell("store: vacuum, analyze")
    connection.execute("vacuum (freeze, analyze)")
    return schools * of_a_school


def middle_school(connection):
    return connection.execute("select uai from preau.school order by uai offset (select count(*) / 2 from preau.school) limit 1").fetchone()[0]



def first_school(connection):
    return connection.execute("select min(uai) from preau.school").fetchone()[0]
