-- Numbers that stand twice in a delivery, before anything else is made of it (import_apply.c).

-- :query import_twice_choose
-- In a complete set a number given twice is taken once, whatever the order of the files: the record that the store has
-- already, else the one at the place that the store knows, else the one of the smallest structure and digest. Records that say
-- what the store holds are not staged: those that came after a greater number are in import_late, the one that the walk met
-- (`met`) is in no table at all.
-- :role import
-- :plain
create temporary table import_again as
with twice as materialized (
    select 'eleve'::preau.profile as profile, aaf_id from pg_temp.import_pupil group by aaf_id having count(*) > 1
    union select 'responsable', aaf_id from pg_temp.import_guardian group by aaf_id having count(*) > 1
    union select profile, aaf_id from pg_temp.import_late
), standing as materialized (
    select t.*, k.digest, k.departed_at is null and k.aaf_id is not null as is_live,
           (t.profile, t.aaf_id) in (select a.profile, a.aaf_id from pg_temp.import_absent a) as was_absent
      from twice t
     cross join pg_temp.import_now now
      left join preau.person k
        on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, t.aaf_id) and k.profile = t.profile
     where now.kind = 'complete'
), staged as materialized (
    select t.profile, p.aaf_id, p.n, p.file, p.line, p.structure, p.digest
      from standing t join pg_temp.import_pupil p on t.profile = 'eleve' and p.aaf_id = t.aaf_id
    union all
    select t.profile, g.aaf_id, g.n, g.file, g.line, 0, g.digest
      from standing t join pg_temp.import_guardian g on t.profile = 'responsable' and g.aaf_id = t.aaf_id
), refused as (
    select t.profile, t.aaf_id, count(*) as count
      from standing t
      join pg_temp.import_refused f
        on f.aaf_id = t.aaf_id and f.category = case t.profile when 'eleve' then 'Eleve' else 'PersRelEleve' end
     group by t.profile, t.aaf_id
), late as materialized (
    select l.*, s.n is not null as is_staged
      from pg_temp.import_late l left join staged s on (s.profile, s.n) = (l.profile, l.n)
), late_refused as (
    select profile, aaf_id, count(*) as count from late where not was_same and not is_staged group by profile, aaf_id
), met_staged as (
    select s.profile, s.aaf_id
      from staged s left join late l on (l.profile, l.n) = (s.profile, s.n)
     where l.n is null
), met as materialized (
    select t.profile, t.aaf_id
      from standing t
      left join refused f on (f.profile, f.aaf_id) = (t.profile, t.aaf_id)
      left join late_refused l on (l.profile, l.aaf_id) = (t.profile, t.aaf_id)
      left join met_staged s on (s.profile, s.aaf_id) = (t.profile, t.aaf_id)
     where t.is_live and not t.was_absent and s.aaf_id is null and coalesce(f.count, 0) = coalesce(l.count, 0)
), candidate as materialized (
    select profile, aaf_id, n, file, line, structure, digest, false as was_same from staged
    union all
    select l.profile, l.aaf_id, l.n, l.file, l.line,
           coalesce((select max(e.structure) from preau.enrolment e, pg_temp.import_now now
                      where (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, l.aaf_id) and l.profile = 'eleve'), 0),
           t.digest, true
      from late l join standing t on (t.profile, t.aaf_id) = (l.profile, l.aaf_id)
     where l.was_same
), several as (
    select profile, aaf_id from candidate group by profile, aaf_id having count(*) > 1
    union
    select profile, aaf_id from met
), ranked as (
    select c.*, m.aaf_id is not null as is_met,
           row_number() over (
               partition by c.profile, c.aaf_id
               order by c.digest is distinct from t.digest,
                        not exists (select from preau.enrolment e
                                     where (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, c.aaf_id)
                                       and c.profile = 'eleve' and e.structure = c.structure),
                        c.structure, c.digest, c.n) as rank
      from several v
      join candidate c on (c.profile, c.aaf_id) = (v.profile, v.aaf_id)
      join standing t on (t.profile, t.aaf_id) = (v.profile, v.aaf_id)
     cross join pg_temp.import_now now
      left join met m on (m.profile, m.aaf_id) = (v.profile, v.aaf_id)
)
select profile, aaf_id, n, file, line, structure, was_same from ranked where rank > 1 or is_met;

-- :query import_twice_refuse
-- The others are refused. Who came late is there after all.
-- :role import
-- :plain
with pupil_again as (
    delete from pg_temp.import_pupil p using pg_temp.import_again a where a.profile = 'eleve' and p.n = a.n
), guardian_again as (
    delete from pg_temp.import_guardian g using pg_temp.import_again a where a.profile = 'responsable' and g.n = a.n
), there as (
    delete from pg_temp.import_absent a using pg_temp.import_late l where (l.profile, l.aaf_id) = (a.profile, a.aaf_id)
), counted as (
    insert into pg_temp.import_counter
    select case profile when 'eleve' then 'Eleve' else 'PersRelEleve' end, what, sum(count)
      from (select profile, 'refused' as what, 1 as count from pg_temp.import_again
            union all select profile, 'unchanged', -1 from pg_temp.import_again where was_same) c
     group by profile, what
), at_structures as (
    insert into pg_temp.import_structure_counter
    select structure, what, sum(count)
      from (select structure, 'refused' as what, 1 as count from pg_temp.import_again where profile = 'eleve'
            union all select structure, 'unchanged', -1 from pg_temp.import_again where profile = 'eleve' and was_same) c
     group by structure, what
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, case profile when 'eleve' then 'Eleve' else 'PersRelEleve' end, aaf_id::text, 'aaf_id_repeated'
  from pg_temp.import_again;

-- :query import_twice_structures
-- The same of structures: the record that the store has, else the smallest by what it says.
-- :role import
-- :plain
with ranked as (
    select s.n, row_number() over (
               partition by s.structure
               order by (k.uai, k.name, k.kind, k.city, k.mail) is distinct from (s.uai, s.name, s.kind, s.city, s.mail),
                        s.uai, s.name, s.kind, s.city, s.mail, s.n) as rank
      from (select structure from pg_temp.import_school group by structure having count(*) > 1) t
      join pg_temp.import_school s on s.structure = t.structure
     cross join pg_temp.import_now now
      left join preau.structure k on (k.academy, k.degree, k.number) = (now.academy, now.degree, s.structure)
     where now.kind = 'complete'
), again as (
    delete from pg_temp.import_school s using ranked r where s.n = r.n and r.rank > 1
    returning s.file, s.line, s.structure
), counted as (
    insert into pg_temp.import_counter select 'EtabEducNat', 'refused', count(*) from again
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, 'EtabEducNat', structure::text, 'aaf_id_repeated' from again;
