-- Figures (guide 7): one snapshot a day of how many accounts stand where, by profile, state and origin, for each school, class,
-- academy and the nation.

-- :query statistics_compute
-- Takes the snapshot of a day, in place of one already taken on it; answers how many accounts, each once, and schools it holds.
-- Each account stands with what it is attached to in an order (academy, commune, school, level, class). At each of these it counts
-- where it differs there from the line before: so one pass counts it once in each class, in each school, in each academy, in the
-- nation, and what the classes of a level, the schools of a commune have of it adds up to one. With the entry of the audit trail,
-- if somebody asked for it (audited not null; administrator 0: the operator).
-- :role stats
-- :scans
-- $1 day date
-- $2 administrator bigint
-- $3 by text
-- $4 audited text
-- $5 trace text
with place as ( -- a school's number holds its academy and commune: fewer than a million of communes, and of schools
    select academy, uai,
           academy * 1000000000000
           + dense_rank() over (order by academy, left(uai, 3), city collate "C") * 1000000
           + row_number() over (order by academy, uai) as number
      from preau.school
), enrolled as materialized ( -- looked up once, for the pupil and for the guardians
    select l.number, e.niveau, e.class, e.academy, e.degree, e.pupil_id, p.account_academy, p.account_id
      from preau.enrolment e
      join place l on (l.academy, l.uai) = (e.academy, e.uai)
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
     where p.departed_at is null
), attached as (
    select e.number, e.niveau, e.class, r.account_academy, r.account_id
      from enrolled e
      join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
      join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
     where r.departed_at is null and r.account_id is not null
     union all
    select number, niveau, class, account_academy, account_id from enrolled where account_id is not null
), line as (
    select t.*, lag(number) over beside as number_before, lag(niveau) over beside as niveau_before, lag(class) over beside as class_before
      from attached t
    window beside as (partition by account_academy, account_id order by number, niveau collate "C", class collate "C")
), counted as (
    select t.number, t.niveau, t.class, a.profile, a.state, a.origin,
           count(*) filter (where number_before is null) as nation,
           count(*) filter (where number_before is null or number_before / 1000000000000 <> number / 1000000000000) as academy,
           count(*) filter (where number_before is null or number_before / 1000000 <> number / 1000000) as city,
           count(*) filter (where number_before is distinct from number) as school,
           count(*) filter (where number_before is distinct from number or niveau_before <> t.niveau) as level,
           count(*) filter (where number_before is distinct from number or (niveau_before, class_before) <> (t.niveau, t.class)) as class_
      from line t
      join preau.account a on (a.academy, a.id) = (t.account_academy, t.account_id)
     where a.closed_at is null
     group by t.number, t.niveau, t.class, a.profile, a.state, a.origin
), cell as materialized (
    select l.academy, l.uai, c.niveau, c.class, c.profile, c.state, c.origin, c.nation, c.academy as in_academy, c.city, c.school, c.level,
           c.class_ as in_class
      from counted c
      join place l on l.number = c.number
), day_taken as (
    insert into preau.statistics_day (day, computed_at) values ($1, now())
    on conflict (day) do update set computed_at = excluded.computed_at
    returning day
), school_cell as materialized (
    select academy, uai, profile, state, origin, sum(school)::integer as accounts, sum(city)::integer as city_accounts,
           sum(in_academy)::integer as in_academy, sum(nation)::integer as nation
      from cell
     group by academy, uai, profile, state, origin
), school_gone as (
    delete from preau.statistics s
     using preau.school l
     where (s.academy, s.uai, s.day) = (l.academy, l.uai, $1)
       and not exists (select from school_cell f
                        where (f.academy, f.uai, f.profile, f.state, f.origin)
                            = (s.academy, s.uai, s.profile, s.state, s.origin))
), school_written as (
    insert into preau.statistics (day, academy, uai, profile, state, origin, accounts, city_accounts)
    select d.day, f.academy, f.uai, f.profile, f.state, f.origin, f.accounts, f.city_accounts from school_cell f, day_taken d
    on conflict (academy, uai, day, profile, state, origin)
    do update set accounts = excluded.accounts, city_accounts = excluded.city_accounts
     where (statistics.accounts, statistics.city_accounts) <> (excluded.accounts, excluded.city_accounts)
), class_gone as (
    delete from preau.statistics_class s
     where not exists (select from cell f
                        where (f.academy, f.uai, f.niveau, f.class, f.profile, f.state, f.origin)
                            = (s.academy, s.uai, s.niveau, s.class, s.profile, s.state, s.origin) and f.in_class > 0)
), class_written as ( -- most are what they were yesterday: only the others are written
    insert into preau.statistics_class (academy, uai, niveau, class, profile, state, origin, accounts, level_accounts)
    select f.academy, f.uai, f.niveau, f.class, f.profile, f.state, f.origin, f.in_class, f.level
      from cell f
      left join preau.statistics_class s
        on (f.academy, f.uai, f.niveau, f.class, f.profile, f.state, f.origin)
         = (s.academy, s.uai, s.niveau, s.class, s.profile, s.state, s.origin)
     where s.accounts is null or (s.accounts, s.level_accounts) <> (f.in_class, f.level)
    on conflict (academy, uai, niveau, class, profile, state, origin)
    do update set accounts = excluded.accounts, level_accounts = excluded.level_accounts
), level_cell as materialized (
    select academy, niveau, profile, state, origin, sum(level)::integer as accounts
      from cell
     group by academy, niveau, profile, state, origin
    having sum(level) > 0
), level_gone as (
    delete from preau.statistics_level s
     where not exists (select from level_cell f
                        where (f.academy, f.niveau, f.profile, f.state, f.origin) = (s.academy, s.niveau, s.profile, s.state, s.origin))
), level_written as (
    insert into preau.statistics_level (academy, niveau, profile, state, origin, accounts)
    select academy, niveau, profile, state, origin, accounts from level_cell
    on conflict (academy, niveau, profile, state, origin) do update set accounts = excluded.accounts
     where statistics_level.accounts <> excluded.accounts
), area_cell as materialized (
    select academy, profile, state, origin, sum(in_academy)::integer as accounts
      from school_cell group by academy, profile, state, origin
     union all
    select 0, profile, state, origin, sum(nation)::integer from school_cell group by profile, state, origin
), area_gone as (
    delete from preau.statistics_area s
     using (select code from preau.academy union all select 0) c (academy)
     where (s.academy, s.day) = (c.academy, $1)
       and not exists (select from area_cell f
                        where (f.academy, f.profile, f.state, f.origin) = (s.academy, s.profile, s.state, s.origin))
), area_written as (
    insert into preau.statistics_area (day, academy, profile, state, origin, accounts)
    select d.day, f.academy, f.profile, f.state, f.origin, f.accounts from area_cell f, day_taken d
    on conflict (academy, day, profile, state, origin) do update set accounts = excluded.accounts
)
select t.accounts, t.schools, case when $4 is not null then
           preau.audit_write(null, $2, $3, $4, null, null, null, jsonb_build_object('day', $1), $5) end as audited
  from (select coalesce(sum(nation), 0)::bigint as accounts, count(distinct (academy, uai))::bigint as schools from school_cell) t;

-- :query statistics_clock_is_right
-- Is it now, by PostgreSQL's clock too? Ten minutes are left: of midnight they matter to nobody.
-- :role stats
-- $1 now timestamptz
select $1 between now() - interval '10 minutes' and now() + interval '10 minutes' as is_right;

-- :query statistics_forget
-- Lets go of what schools had before a day; academies and the nation keep theirs. Answers how many cells.
-- :role stats
-- :scans
-- $1 before date
with gone as (
    delete from preau.statistics s
     using preau.school l
     where (s.academy, s.uai) = (l.academy, l.uai) and s.day < $1
 returning 1
)
select count(*) as cells from gone;

-- :query statistics_latest_day
-- The last day that has a snapshot, if any, and when it was taken.
-- :role stats portal
select day, computed_at from preau.statistics_day order by day desc limit 1;
