-- What the snapshots of statistics.sql say, for who may see it: one statement a page, so that all of it is of the same snapshot. Each
-- row is of a part: 'day' (one row, without which there is nothing to see), 'cell', 'level', 'class', 'point' (of the curve since
-- 1 September of the school year), 'share' (active among all, of an academy, of the nation as academy 0), 'school', 'city'.

-- :query figures_of_school
-- A school, of the profiles that the administrator may see there: no row at all when no snapshot was taken or the school is
-- not the administrator's.
-- :role stats
-- $1 academy smallint
-- $2 uai text
-- $3 administrator bigint
with latest as (
    select day, computed_at, make_date(extract(year from day - interval '8 months')::integer, 9, 1) as year_begins
      from preau.statistics_day order by day desc limit 1
), seen as (
    select distinct v.profile from preau.administered_school v where (v.administrator_id, v.academy, v.uai) = ($3, $1, $2)
), past as (
    select s.day, s.profile, s.state, s.origin, s.accounts
      from latest l
      join preau.statistics s on s.academy = $1 and s.uai = $2 and s.day between l.year_begins and l.day
      join seen v on v.profile = s.profile
), present as (
    select c.niveau, c.class, c.profile, c.state, c.origin, c.accounts, c.level_accounts
      from preau.statistics_class c
      join seen v on v.profile = c.profile
     where c.academy = $1 and c.uai = $2
)
select 1 as part_order, 'day' as part, day, computed_at, null::smallint as academy, null::text collate "C" as level, null::text collate "C" as class,
       null::text as profile, null::text as state, null::text as origin, null::bigint as accounts, null::bigint as active
  from latest where exists (select from seen)
 union all
select 2, 'cell', null, null, null, null, null, p.profile::text, p.state::text, p.origin::text, p.accounts, null
  from past p, latest l where p.day = l.day
 union all
select 3, 'level', null, null, null, niveau, null, profile::text, state::text, origin::text, sum(level_accounts), null
  from present group by niveau, profile, state, origin having sum(level_accounts) > 0
 union all
select 4, 'class', null, null, null, niveau, class, profile::text, state::text, origin::text, accounts, null
  from present
 union all
select 5, 'point', day, null, null, null, null, profile::text, null, null, sum(accounts), coalesce(sum(accounts) filter (where state = 'active'), 0)
  from past group by day, profile
 union all
select 6, 'share', null, null, a.academy, null, null, a.profile::text, null, null, sum(a.accounts),
       coalesce(sum(a.accounts) filter (where a.state = 'active'), 0)
  from latest l
  join preau.statistics_area a on a.academy in ($1, 0) and a.day = l.day
  join seen v on v.profile = a.profile
 group by a.academy, a.profile
 order by part_order, level, class, profile, academy, day, state, origin;

-- :query figures_of_area
-- An academy, or the nation (0), with a page of the schools of which the smallest share is active and one of its communes: no row
-- at all when no snapshot was taken or the administrator may not see it.
-- :role stats
-- $1 academy smallint
-- $2 administrator bigint
-- $3 profile text
-- $4 school_offset bigint
-- $5 school_limit bigint
-- $6 city_offset bigint
-- $7 city_limit bigint
with latest as (
    select day, computed_at, make_date(extract(year from day - interval '8 months')::integer, 9, 1) as year_begins
      from preau.statistics_day order by day desc limit 1
), seen as (
    select l.* from latest l
     where exists (select from preau.observed_area o where o.administrator_id = $2 and (o.academy = $1 or o.academy = 0))
), inside as (
    select a.code as academy from preau.academy a, seen where $1 in (a.code, 0)
), past as (
    select a.day, a.profile, a.state, a.origin, a.accounts
      from seen l
      join preau.statistics_area a on a.academy = $1 and a.day between l.year_begins and l.day
), school_sum as materialized ( -- first: a nation's schools have twenty times as many cells
    select c.academy, c.uai, c.profile, sum(c.accounts) as accounts, coalesce(sum(c.accounts) filter (where c.state = 'active'), 0) as active,
           sum(c.city_accounts) as city_accounts, coalesce(sum(c.city_accounts) filter (where c.state = 'active'), 0) as city_active
      from seen l
     cross join inside i
      join preau.school s on s.academy = i.academy -- by which the day's cells are found among two years of others
      join preau.statistics c on (c.academy, c.uai, c.day) = (s.academy, s.uai, l.day)
     group by c.academy, c.uai, c.profile
), school as (
    select s.academy, s.uai, s.name, s.city, s.degree, sum(c.accounts) as accounts, sum(c.active) as active
      from school_sum c
      join preau.school s on (s.academy, s.uai) = (c.academy, c.uai)
     where $3 in (c.profile::text, '')
     group by s.academy, s.uai
), lagging as (
    select s.*, row_number() over (order by active::double precision / accounts, accounts desc, academy, uai) as place
      from school s
     order by place
    offset $4 limit $5
), city as (
    select s.academy, left(s.uai, 3) as department, s.city, min(s.search collate "C") as search, count(*) as schools
      from preau.school s
     where (s.academy, s.uai) in (select academy, uai from school_sum)
     group by s.academy, left(s.uai, 3), s.city
), cities as (
    select c.*, row_number() over (order by search, academy, department, city collate "C") as place
      from city c
     order by place
    offset $6 limit $7
), level as (
    select v.niveau, v.profile, v.state, v.origin, sum(v.accounts) as accounts
      from inside i
      join preau.statistics_level v on v.academy = i.academy
     group by v.niveau, v.profile, v.state, v.origin
)
select 1 as part_order, 'day' as part, 0::bigint as place, day, computed_at, null::smallint as academy, null::text as uai, null::text as name,
       null::text as city, null::smallint as degree, null::text collate "C" as level, null::text as profile, null::text as state, null::text as origin,
       null::bigint as accounts, null::bigint as active, (select count(*) from school) as schools, (select count(*) from city) as cities
  from seen
 union all
select 2, 'cell', 0, null, null, null, null, null, null, null, null, p.profile::text, p.state::text, p.origin::text, p.accounts, null, null, null
  from past p, seen l where p.day = l.day
 union all
select 3, 'level', 0, null, null, null, null, null, null, null, niveau, profile::text, state::text, origin::text, accounts, null, null, null
  from level
 union all
select 5, 'point', 0, day, null, null, null, null, null, null, null, profile::text, null, null, sum(accounts),
       coalesce(sum(accounts) filter (where state = 'active'), 0), null, null
  from past group by day, profile
 union all
select 6, 'share', 0, null, null, a.academy, null, n.name, null, null, null, a.profile::text, null, null, sum(a.accounts),
       coalesce(sum(a.accounts) filter (where a.state = 'active'), 0), null, null
  from seen l
  cross join (select 0::smallint as academy, '' as name union all select code, name from preau.academy) n
  join preau.statistics_area a on a.academy = n.academy and a.day = l.day
 where case when $1 = 0 then n.academy <> 0 else n.academy = 0 end
 group by a.academy, n.name, a.profile
 union all
select 7, 'school', place, null, null, academy, uai, name, city, degree, null, null, null, null, accounts, active, null, null
  from lagging
 union all
select 8, 'city', c.place, null, null, c.academy, c.department, null, c.city, null, null, t.profile::text, null, null, sum(t.city_accounts),
       sum(t.city_active), c.schools, null
  from cities c
  join preau.school s on (s.academy, left(s.uai, 3), s.city) = (c.academy, c.department, c.city)
  join school_sum t on (t.academy, t.uai) = (s.academy, s.uai)
 group by c.place, c.academy, c.department, c.city, c.schools, t.profile
 order by part_order, place, level, profile, academy, day, state, origin;

-- :query figures_open
-- Every academy at the last snapshot, each account once in each; no row when none was taken.
-- :role stats
with latest as (
    select day, computed_at from preau.statistics_day order by day desc limit 1
)
select 'day' as part, day, computed_at, null::smallint as academy, null::text as name, null::text as profile, null::text as state,
       null::text as origin, null::bigint as accounts
  from latest
 union all
select 'cell', null, null, a.academy, n.name, a.profile::text, a.state::text, a.origin::text, a.accounts
  from latest l
 cross join preau.academy n
  join preau.statistics_area a on a.academy = n.code and a.day = l.day
 order by academy nulls first, profile, state, origin;

-- :query figures_areas
-- The academies that the administrator may see beyond schools, by code; 0, the nation, first.
-- :role portal
-- $1 administrator bigint
select academy from preau.observed_area where administrator_id = $1 order by academy;
