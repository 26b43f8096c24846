-- What the store knows of the persons of an academy and degree, for a delivery that is being read.

-- :query import_known_any
-- Whether it knows anybody. By the first in order, and not by exists: so that the other degree is not looked through.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
select (select aaf_id from preau.person where academy = $1 and degree = $2 order by aaf_id limit 1) is not null as any;

-- :query import_known_plan
-- For a cursor that walks along person_by_profile: whatever the planner takes an academy's size to be, a plan that sorts
-- would sort everybody again for each block.
-- :role import
-- :plain
select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true);

-- :query import_known_planned
-- Everything else as usual.
-- :role import
-- :plain
select set_config(name, reset_val, true) from pg_catalog.pg_settings where name in ('enable_sort', 'enable_bitmapscan');

-- :query import_known_all
-- Everybody, in order: a cursor's. In blocks of persons one after the other, each its number with what must be looked at in
-- the bits above (numbers have 18 digits at most), and its digest: what a row of its own costs, here and where it is read,
-- is several times what finding the person does.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 profile preau.profile
-- $4 block bigint
with recursive block as (
    select 0::bigint as last, null::bytea as persons
    union all
    select next.last, next.persons
      from block b
     cross join lateral (
           select max(aaf_id) as last,
                  string_agg(int8send(case when told or unsettled or departed_at is not null
                                           then aaf_id | (told::integer::bigint << 60) | (unsettled::integer::bigint << 61)
                                                | ((departed_at is not null)::integer::bigint << 62)
                                           else aaf_id end) || digest, '') as persons
             from (select aaf_id, digest, told, unsettled, departed_at
                     from preau.person
                    where academy = $1 and degree = $2 and profile = $3 and aaf_id > b.last
                    order by aaf_id
                    limit $4) p) next
     where b.last is not null
)
select persons from block where persons is not null;

-- :query import_known_these
-- Who has one of these numbers, in order.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 profile preau.profile
-- $4 numbers bigint[]
select aaf_id, digest, told, unsettled, departed_at is not null as departed
  from preau.person
 where academy = $1 and degree = $2 and profile = $3 and aaf_id = any($4)
 order by aaf_id;

-- :query import_known_pupil
-- A pupil as known, for a modification that does not list all.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 pupil bigint
select p.ine, p.civilite, p.nom, p.prenom, p.search_name, p.birth_date, p.mail, p.mobile, p.adresse, p.code_postal,
       p.ville, p.pays, coalesce(e.structure, 0) as structure, coalesce(e.class, '') as class,
       coalesce(e.niveau, '') as niveau,
       (select string_agg(k.guardian_id || ' ' || k.lien, e'\n' order by k.guardian_id) from preau.guardianship k
         where k.academy = $1 and k.degree = $2 and k.pupil_id = $3) as links
  from preau.person p
  left join lateral (select * from preau.enrolment e
                      where (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id) limit 1) e on true
 where (p.academy, p.degree, p.aaf_id) = ($1, $2, $3) and p.profile = 'eleve' and p.departed_at is null;

-- :query import_known_guardian
-- A guardian as known, for a modification that does not list all.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 guardian bigint
select p.ine, p.civilite, p.nom, p.prenom, p.search_name, p.birth_date, p.mail, p.mobile, p.adresse, p.code_postal,
       p.ville, p.pays, 0::bigint as structure, '' as class, '' as niveau, null::text as links
  from preau.person p
 where (p.academy, p.degree, p.aaf_id) = ($1, $2, $3) and p.profile = 'responsable' and p.departed_at is null;
