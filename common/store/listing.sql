-- What the head's pages show of a school's accounts (guide 4 to 6). Read only.
--
-- Who belongs to a school: the pupils enrolled there and, in both degrees, their legal guardians.

-- :query listing_school
-- One school, if the administrator may administer it; nothing otherwise, as if it did not exist. guardians, pupils: whose
-- accounts there may be seen. has_others: there are more schools to choose from.
-- :role portal stats
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
