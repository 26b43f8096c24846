-- Tries: after so many that failed in a window, a delay that doubles each time. A subject names what is counted, with the
-- address it came from, so that a stranger's tries do not keep the person out.

-- :query attempt_begin
-- Counts a try of each subject, before it is known whether it is right; not granted: one of them must wait. What comes
-- while a subject waits is not counted, so that a flood does not lengthen the delay; in turn: nor is it of those named after
-- that one. A day without tries forgets all.
-- Who need not wait has -infinity: the moment of whoever came by now would be the future to a transaction that is older.
-- :role link
-- $1 subjects text[]
-- $2 allowed bigint[]
-- $3 longest_microseconds bigint[]
-- $4 window_length interval
-- $5 delay interval
-- $6 is_in_turn boolean
with named as (
    select subject, allowed, microseconds * interval '1 microsecond' as longest, place
      from unnest($1, $2, $3) with ordinality a(subject, allowed, microseconds, place)
), asked as (
    select n.subject, n.allowed, n.longest
      from named n
     where not $6 or not exists (select from named b join preau.attempt t on t.subject = b.subject
                                  where b.place < n.place and t.not_before > now())
     order by n.subject
), counted as (
    insert into preau.attempt as t (subject, failures, first_at, last_at, not_before, delays, granted)
    select subject, 1, now(), now(), case when allowed <= 1 then now() + least(longest, $5) else '-infinity' end,
           (allowed <= 1)::integer, true
      from asked
    on conflict (subject) do update set
        (failures, first_at, last_at, not_before, delays, granted) = (
            select case when w.waits then t.failures else w.failures end,
                   case when w.waits or w.failures > 1 then t.first_at else now() end,
                   case when w.waits then t.last_at else now() end,
                   case when w.waits or w.failures < w.allowed then t.not_before
                        else now() + least(w.longest, $5 * power(2, least(w.delays, 20))) end,
                   case when w.waits or w.failures < w.allowed then w.delays else w.delays + 1 end,
                   not w.waits
              from (select t.not_before > now() as waits, a.allowed, a.longest,
                           case when t.last_at < now() - interval '1 day' then 0 else t.delays end as delays,
                           case when t.first_at < now() - $4 or t.failures >= a.allowed then 1
                                else t.failures + 1 end as failures
                      from asked a
                     where a.subject = t.subject) w)
 returning granted
)
select bool_and(granted) as granted from counted;

-- :query attempt_give_back
-- The try was none, or it was right: as if it had not been counted.
-- :role link
-- $1 subjects text[]
-- $2 allowed bigint[]
with asked as (
    select subject, allowed from unnest($1, $2) a(subject, allowed) order by subject
)
update preau.attempt t
   set failures = greatest(t.failures - 1, 0),
       not_before = case when t.failures >= a.allowed then '-infinity' else t.not_before end,
       delays = case when t.failures >= a.allowed then greatest(t.delays - 1, 0) else t.delays end
  from asked a
 where t.subject = a.subject;

-- :query attempt_forget
-- The person got it right.
-- :role link
-- $1 subject text
delete from preau.attempt where subject = $1;

-- :query attempt_erase_old
-- What was counted longer ago than a day and delays nobody.
-- :role link
-- :scans
delete from preau.attempt where last_at < now() - interval '1 day' and not_before < now();
