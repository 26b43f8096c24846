-- Figures by school (guide 7): one snapshot a day of how many accounts stand where, by profile, state and origin.

-- :query statistics_compute
-- Takes the snapshot of a day, in place of one already taken on it; answers how many accounts and schools it holds.
-- A guardian counts once in each school where a child is enrolled. With the entry of the audit trail, if somebody asked for it
-- (audited not null; administrator 0: the operator).
-- :role stats
-- :scans
-- $1 day date
-- $2 administrator bigint
-- $3 by text
-- $4 audited text
-- $5 trace text
with attached as (
    select e.academy, e.uai, r.account_academy, r.account_id
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
      join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
      join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
     where p.departed_at is null and r.departed_at is null and r.account_id is not null
    union
    select e.academy, e.uai, p.account_academy, p.account_id
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
     where p.departed_at is null and p.account_id is not null
), figures as (
    select t.academy, t.uai, a.profile, a.state, a.origin, count(*)::integer as accounts
      from attached t
      join preau.account a on (a.academy, a.id) = (t.account_academy, t.account_id)
     where a.closed_at is null
     group by t.academy, t.uai, a.profile, a.state, a.origin
), day_taken as (
    insert into preau.statistics_day (day, computed_at) values ($1, now())
    on conflict (day) do update set computed_at = excluded.computed_at
    returning day
), no_longer as (
    delete from preau.statistics s
     where s.day = $1
       and not exists (select from figures f
                        where (f.academy, f.uai, f.profile, f.state, f.origin)
                            = (s.academy, s.uai, s.profile, s.state, s.origin))
), written as (
    insert into preau.statistics (day, academy, uai, profile, state, origin, accounts)
    select d.day, f.academy, f.uai, f.profile, f.state, f.origin, f.accounts from figures f, day_taken d
    on conflict (academy, uai, day, profile, state, origin) do update set accounts = excluded.accounts
)
select t.accounts, t.schools, case when $4 is not null then
           preau.audit_write(null, $2, $3, $4, null, null, null, jsonb_build_object('day', $1), $5) end as audited
  from (select coalesce(sum(accounts), 0)::bigint as accounts, count(distinct (academy, uai))::bigint as schools from figures) t;

-- :query statistics_latest_day
-- The last day that has a snapshot, if any, and when it was taken.
-- :role stats portal
select day, computed_at from preau.statistics_day order by day desc limit 1;

-- :query statistics_of_school
-- A school's figures on the last day that has a snapshot, of the profiles that the administrator may see there: no row at
-- all when none was taken or the school is not the administrator's, one row with nulls when there is no account.
-- :role stats portal
-- $1 academy smallint
-- $2 uai text
-- $3 administrator bigint
select d.day, d.computed_at, s.profile::text, s.state::text, s.origin::text, s.accounts
  from (select day, computed_at from preau.statistics_day order by day desc limit 1) d
  left join preau.statistics s
    on s.day = d.day and s.academy = $1 and s.uai = $2
   and exists (select from preau.administered_school v
                where (v.administrator_id, v.academy, v.uai, v.profile) = ($3, s.academy, s.uai, s.profile))
 where exists (select from preau.administered_school v where (v.administrator_id, v.academy, v.uai) = ($3, $1, $2))
 order by s.profile, s.state, s.origin;
