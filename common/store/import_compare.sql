-- What the store knows of the persons of an academy and degree, for a delivery that is being read.

-- :query import_known_any
-- Whether it knows anybody. By the first in order, and not by exists: so that the other degree is not looked through.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
select (select aaf_id from preau.person where academy = $1 and degree = $2 order by aaf_id limit 1) is not null as any;

-- :query import_known_plan
-- For a cursor that is read to the last. An academy's persons lie together, page after page, each of which had better be
-- visited once, and sorted; the planner takes them to be scattered and would read everybody's, or go by number.
-- :role import
-- :plain
select set_config('cursor_tuple_fraction', '1', true), set_config('enable_seqscan', 'off', true);

-- :query import_known_planned
-- Everything else as usual.
-- :role import
-- :plain
select set_config(name, reset_val, true) from pg_catalog.pg_settings where name in ('cursor_tuple_fraction', 'enable_seqscan');

-- :query import_known_all
-- Everybody, in order: a cursor's.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 profile preau.profile
select aaf_id, digest, told, unsettled, departed_at is not null as departed
  from preau.person
 where academy = $1 and degree = $2 and profile = $3
 order by aaf_id;

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
