-- Guardians by school, for the figures of a run: how many are at each is kept from run to run, so that a night looks at those
-- near a change and at nobody else. At a school is who is there, with a child who is there and goes to it. The statements
-- follow one another in this order (import_apply.c), the last two after all others have changed what they change.

-- :query import_guardians_near
-- Guardians whose place may be another one after the run, or whose figure is not "unchanged"; some more than once.
-- :role import
-- :plain
create temporary table import_near as
with pupil as (
    select aaf_id from pg_temp.import_pupil
    union all
    select aaf_id from pg_temp.import_absent where profile = 'eleve'
    union all
    select e.pupil_id
      from pg_temp.import_moved m
     cross join pg_temp.import_now now
      join preau.enrolment e
        on (e.academy, e.uai) = (now.academy, m.from_uai) and e.degree = now.degree and e.structure = m.structure
)
select aaf_id from pg_temp.import_guardian
union all
select aaf_id from pg_temp.import_absent where profile = 'responsable'
union all
select aaf_id from pg_temp.import_refused where category = 'PersRelEleve'
union all
select guardian_id from pg_temp.import_link l
 where l.guardian_id not in (select aaf_id from pg_temp.import_guardian)
union all
select k.guardian_id
  from pupil p
 cross join pg_temp.import_now now
  join preau.guardianship k on (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, p.aaf_id);

-- :query import_guardians_near_analyze
-- So that the planner knows how many there are: a handful of a night, or all of an academy.
-- :role import
-- :plain
analyze pg_temp.import_near;

-- :query import_guardians_places
-- Where they are: looked at before the run's changes and after.
-- :role import
-- :plain
create temporary view import_near_place as
select distinct n.aaf_id, e.uai
  from (select distinct aaf_id from pg_temp.import_near) n
 cross join pg_temp.import_now now
  join preau.person g on (g.academy, g.degree, g.aaf_id) = (now.academy, now.degree, n.aaf_id)
  join preau.guardianship k on (k.academy, k.degree, k.guardian_id) = (now.academy, now.degree, n.aaf_id)
  join preau.person c on (c.academy, c.degree, c.aaf_id) = (now.academy, now.degree, k.pupil_id)
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, k.pupil_id)
 where g.departed_at is null and c.departed_at is null;

-- :query import_guardians_before
-- How many of them were where, and leave.
-- :role import
-- :plain
create temporary table import_near_before as
select uai, aaf_id in (select a.aaf_id from pg_temp.import_absent a where a.profile = 'responsable') as has_left,
       count(*) as count
  from pg_temp.import_near_place
 group by uai, has_left;

-- :query import_guardians_after
-- How many of them are where, by what became of their record.
-- :role import
-- :plain
create temporary table import_near_after as
select p.uai,
       case when p.aaf_id in (select f.aaf_id from pg_temp.import_refused f where f.category = 'PersRelEleve') then 'refused'
            else coalesce(o.outcome, 'unchanged') end as what,
       count(*) as count
  from pg_temp.import_near_place p
  left join pg_temp.import_outcome o on o.profile = 'responsable' and o.aaf_id = p.aaf_id
 group by p.uai, what;

-- :query import_guardians_count
-- Those near and the others, who are all unchanged, are the figures; together they are how many are kept for the next run.
-- :role import
-- :plain
with kept as (
    select s.uai, s.count
      from preau.school_guardians s, pg_temp.import_now now
     where (s.academy, s.degree) = (now.academy, now.degree)
), other as (
    select uai, sum(count) as count
      from (select uai, count from kept union all select uai, -count from pg_temp.import_near_before) c
     group by uai
), figure as (
    insert into pg_temp.import_uai_counter
    select uai, 'PersRelEleve', 'unchanged', count from other where count > 0
    union all
    select uai, 'PersRelEleve', what, count from pg_temp.import_near_after where what <> 'refused'
    union all
    select uai, 'PersRelEleve', 'departed', count from pg_temp.import_near_before where has_left
), total as (
    select uai, sum(count) as count
      from (select uai, count from other union all select uai, count from pg_temp.import_near_after) c
     group by uai
)
insert into preau.school_guardians (academy, degree, uai, count)
select now.academy, now.degree, t.uai, greatest(t.count, 0)
  from total t
 cross join pg_temp.import_now now
  left join kept s on s.uai = t.uai
 where t.count is distinct from s.count
on conflict (academy, degree, uai) do update set count = excluded.count;
