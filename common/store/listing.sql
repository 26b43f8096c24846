-- What the head's pages show of a school's accounts (guide 4 to 6). Read only.
--
-- Who belongs to a school: the pupils enrolled there and, in both degrees, their legal guardians.

-- :query listing_school
-- One school, if the administrator may administer it; nothing otherwise, as if it did not exist. guardians, pupils: whose
-- accounts there may be seen. has_others: there are more schools to choose from.
-- :role portal
-- $1 administrator bigint
-- $2 uai text
select s.academy, s.uai, s.name, s.city, s.degree, may.guardians, may.pupils,
       exists (select from preau.administered_school v
                 join preau.school o on (o.academy, o.uai) = (v.academy, v.uai) and o.departed_at is null
                where v.administrator_id = $1 and (o.academy, o.uai) <> (s.academy, s.uai)) as has_others
  from preau.school s
 cross join lateral (
        select bool_or(v.profile = 'responsable') as guardians, bool_or(v.profile = 'eleve') as pupils
          from preau.administered_school v
         where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai)) may
 where s.uai = $2 and s.departed_at is null and (may.guardians or may.pupils);

-- :query listing_children
-- The pupils attached to a guardian's account, wherever they go to school.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
select p.nom, p.prenom, coalesce(s.name, '') as school, coalesce(e.class, '') as class
  from preau.person r
  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
 where r.account_academy = $1 and r.account_id = $2 and r.departed_at is null and p.departed_at is null
 order by p.birth_date, p.prenom;

-- :query listing_person
-- Who an account belongs to, for the person's own desk, with the school where a pupil goes.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
select a.profile::text, a.login, a.email, a.state::text, p.nom, p.prenom, coalesce(s.name, '') as school,
       coalesce(e.class, '') as class
  from preau.account a
  join preau.person p on (p.account_academy, p.account_id) = (a.academy, a.id)
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
 where a.academy = $1 and a.id = $2
 order by p.departed_at nulls first, p.degree desc
 limit 1;
