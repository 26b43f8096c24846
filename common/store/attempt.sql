-- Failed tries: after so many in a window, a delay that doubles. A subject names what is counted, with the address it
-- came from, so that a stranger's tries do not keep the person out.

-- :query attempt_is_delayed
-- Must one of the subjects wait?
-- :role link
-- $1 subjects text[]
select exists (select from preau.attempt where subject = any ($1) and not_before > now()) as delayed;

-- :query attempt_failed
-- Counts a failed try of each subject; past its number in the window, a delay begins, longer each time up to a day.
-- :role link
-- $1 subjects text[]
-- $2 allowed bigint[]
-- $3 window_length interval
-- $4 delay interval
insert into preau.attempt (subject, failures, first_at, last_at, not_before)
select subject, 1, now(), now(), now() from unnest($1) subject
on conflict (subject) do update set
    failures = case when attempt.first_at < now() - $3 then 1 else attempt.failures + 1 end,
    first_at = case when attempt.first_at < now() - $3 then now() else attempt.first_at end,
    last_at = now(),
    not_before = case
        when attempt.first_at < now() - $3 then now()
        when attempt.failures + 1 < (select a.allowed from unnest($1, $2) a(subject, allowed)
                                      where a.subject = excluded.subject) then now()
        else now() + least(interval '1 day', $4 * power(2, least(10, attempt.failures + 1 -
                (select a.allowed from unnest($1, $2) a(subject, allowed) where a.subject = excluded.subject))))
    end;

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
