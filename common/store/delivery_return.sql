-- Mails that left and came back.

-- :query delivery_returned
-- Marks those of which a report said that they did not arrive: of the try that the report is about, by its rest, and
-- whatever was recorded of it since: a mail whose acceptance was not noted is not sent again. Answers those that were
-- not marked before.
-- :role notify link
-- $1 academies bigint[]
-- $2 numbers bigint[]
-- $3 attempts bigint[]
-- $4 tries integer
-- $5 reasons text[]
with locked as (
    select d.academy, d.id, r.reason
      from unnest($1::bigint[], $2::bigint[], $3::bigint[], $5::text[]) as r (academy, number, attempt, reason)
      join preau.delivery d on d.academy = r.academy and d.id = r.number and d.attempts % $4 = r.attempt
     where d.channel = 'mail' and d.state in ('waiting', 'taken', 'sent')
     order by d.academy, d.id -- the order of all who lock several: nobody waits in a circle
       for no key update of d
)
update preau.delivery d
   set state = 'failed', taken_until = null, done_at = now(), reason = l.reason
  from locked l
 where d.academy = l.academy and d.id = l.id and d.state in ('waiting', 'taken', 'sent')
returning d.academy, d.id, coalesce(d.batch_academy, 0) as batch_academy, coalesce(d.batch_id, 0) as batch_id;
