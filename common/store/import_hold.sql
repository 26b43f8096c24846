-- What a prepared delivery (import_prepare.sql) would do, for whoever judges it: on the session's own tables, reading the
-- store's by what was staged. Of a first load only import_hold_read is asked.

-- :query import_hold_moved
-- Pupils who go to another school, with the one that they leave: those who were looked at, and those who go along with
-- their structure.
-- :role import
-- :plain
create temporary table import_hold_pupil as
select 'moved' as what, s.aaf_id as pupil_id, e.uai
  from pg_temp.import_pupil s
  join pg_temp.import_place l on l.structure = s.structure
 cross join pg_temp.import_now now
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, s.aaf_id) and e.uai <> l.uai
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
 where p.departed_at is null
union all
select 'moved', e.pupil_id, e.uai
  from pg_temp.import_moved m
 cross join pg_temp.import_now now
  join preau.enrolment e
    on (e.academy, e.uai) = (now.academy, m.from_uai) and e.degree = now.degree and e.structure = m.structure
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
 where p.departed_at is null
   and not exists (select from pg_temp.import_pupil s where s.aaf_id = e.pupil_id)
   and not exists (select from pg_temp.import_absent a where a.profile = 'eleve' and a.aaf_id = e.pupil_id);

-- :query import_hold_relinked
-- Pupils who lose a legal guardian who is still there, or get, besides those they had, one who was there already: another
-- family's, maybe. Who comes or leaves along with the guardian's own record says nothing.
-- :role import
-- :plain
with lost as (
    select k.academy, k.degree, k.pupil_id
      from pg_temp.import_pupil s
     cross join pg_temp.import_now now
      join preau.guardianship k on (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, s.aaf_id)
      join preau.person g on (g.academy, g.degree, g.aaf_id) = (k.academy, k.degree, k.guardian_id)
     where g.departed_at is null
       and not exists (select from pg_temp.import_link l
                        where l.pupil_id = k.pupil_id and l.guardian_id = k.guardian_id)
       and not exists (select from pg_temp.import_absent a
                        where a.profile = 'responsable' and a.aaf_id = k.guardian_id)
), got as (
    select now.academy, now.degree, l.pupil_id
      from pg_temp.import_link l
     cross join pg_temp.import_now now
      join preau.person g on (g.academy, g.degree, g.aaf_id) = (now.academy, now.degree, l.guardian_id)
     where g.departed_at is null
       and not exists (select from preau.guardianship k
                        where (k.academy, k.degree, k.pupil_id, k.guardian_id)
                              = (now.academy, now.degree, l.pupil_id, l.guardian_id))
       and exists (select from preau.guardianship k
                    where (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, l.pupil_id))
)
insert into pg_temp.import_hold_pupil
select 'relinked', p.aaf_id, e.uai
  from (select * from lost union select * from got) r
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (r.academy, r.degree, r.pupil_id)
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (r.academy, r.degree, r.pupil_id)
 where p.departed_at is null;

-- :query import_hold_departed
-- Pupils who leave.
-- :role import
-- :plain
insert into pg_temp.import_hold_pupil
select 'departed', a.aaf_id, e.uai
  from pg_temp.import_absent a
 cross join pg_temp.import_now now
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, a.aaf_id)
 where a.profile = 'eleve';

-- :query import_hold_figures
-- By academy: these; guardians who leave; persons who come, are known by another name or birth date, lose mail or mobile;
-- and persons who stay as they were since their record is refused.
-- :role import
-- :plain
copy (
    select what, 'eleve' as profile, count(distinct pupil_id) from pg_temp.import_hold_pupil group by what
    union all
    select 'departed', 'responsable', count(*) from pg_temp.import_absent where profile = 'responsable'
    union all
    select f.what, c.profile, f.count
      from (select 'eleve' as profile,
                   count(*) filter (where not is_live) as joined,
                   count(*) filter (where is_live and is_renamed) as renamed,
                   count(*) filter (where is_live and is_mailless) as mailless,
                   count(*) filter (where is_live and is_mobileless) as mobileless
              from (select k.aaf_id is not null and k.departed_at is null as is_live,
                           (k.nom, k.prenom, k.birth_date) is distinct from (s.nom, s.prenom, s.birth_date) as is_renamed,
                           k.mail is not null and s.mail is null as is_mailless,
                           k.mobile is not null and s.mobile is null as is_mobileless
                      from pg_temp.import_pupil s
                     cross join pg_temp.import_now now
                      left join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id)) p
            union all
            select 'responsable',
                   count(*) filter (where not is_live),
                   count(*) filter (where is_live and is_renamed),
                   count(*) filter (where is_live and is_mailless),
                   count(*) filter (where is_live and is_mobileless)
              from (select k.aaf_id is not null and k.departed_at is null as is_live,
                           (k.nom, k.prenom) is distinct from (s.nom, s.prenom) as is_renamed,
                           k.mail is not null and s.mail is null as is_mailless,
                           k.mobile is not null and s.mobile is null as is_mobileless
                      from pg_temp.import_guardian s
                     cross join pg_temp.import_now now
                      left join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id)) g
           ) c
     cross join lateral (values ('joined', joined), ('renamed', renamed), ('mailless', mailless),
                                ('mobileless', mobileless)) f(what, count)
    union all
    select 'refused', k.profile::text, count(distinct k.aaf_id)
      from pg_temp.import_refused f
     cross join pg_temp.import_now now
      join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, f.aaf_id)
     where k.departed_at is null and f.category = case k.profile when 'eleve' then 'Eleve' else 'PersRelEleve' end
     group by k.profile
) to stdout;

-- :query import_hold_live
-- How many persons are there, when the reading did not pass them all.
-- :role import
-- :plain
copy (
    select 'live', k.profile::text, count(*)
      from preau.person k, pg_temp.import_now now
     where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
     group by k.profile
) to stdout;

-- :query import_hold_read
-- Records of persons that were read, and those that were refused.
-- :role import
-- :plain
copy (
    select case what when 'read' then 'read' else 'read_refused' end,
           case category when 'Eleve' then 'eleve' else 'responsable' end, sum(count)
      from pg_temp.import_counter
     where category in ('Eleve', 'PersRelEleve') and what in ('read', 'refused')
     group by category, what
) to stdout;

-- :query import_hold_schools
-- By school, with how many pupils they have: those where most happens.
-- :role import
-- :plain
copy (
    select c.uai, l.live, c.departed, c.moved, c.relinked
      from (select uai, departed, moved, relinked, departed_min
              from (select uai,
                           count(*) filter (where what = 'departed') as departed,
                           count(*) filter (where what = 'moved') as moved,
                           count(*) filter (where what = 'relinked') as relinked
                      from pg_temp.import_hold_pupil
                     where uai is not null
                     group by uai) e, pg_temp.import_now now
             where greatest(departed, moved, relinked) >= departed_min
             order by greatest(departed, moved, relinked) desc, uai
             limit 500) c
     cross join pg_temp.import_now now
     cross join lateral (select count(*) as live
                           from preau.enrolment e
                           join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
                          where e.academy = now.academy and e.uai = c.uai and e.degree = now.degree
                            and p.departed_at is null) l
     order by greatest(departed, moved, relinked) desc, uai
) to stdout;

-- :query import_hold_most
-- The most pupils, and the most guardians, that a complete set left behind since then; what a person approved begins
-- anew. Those who stayed in it since their record was refused are not counted.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 since timestamptz
select coalesce(max(pupils), 0) as pupils, coalesce(max(guardians), 0) as guardians
  from (select coalesce((r.counters->'Eleve'->>'added')::bigint, 0)
               + coalesce((r.counters->'Eleve'->>'changed')::bigint, 0)
               + coalesce((r.counters->'Eleve'->>'unchanged')::bigint, 0) as pupils,
               coalesce((r.counters->'PersRelEleve'->>'added')::bigint, 0)
               + coalesce((r.counters->'PersRelEleve'->>'changed')::bigint, 0)
               + coalesce((r.counters->'PersRelEleve'->>'unchanged')::bigint, 0) as guardians
          from preau.import_run r
         where r.academy = $1 and r.degree = $2 and r.state = 'applied' and r.kind = 'complete'
           and r.started_at >= $3
           and not exists (select from preau.import_run h
                             join preau.import_run a on a.academy = h.academy and a.claim = h.claim and a.state = 'applied'
                            where h.academy = $1 and h.degree = $2 and h.decision = 'approved' and a.id > r.id)) s;
