-- What becomes of a run that is held: a person's word on it, or a better delivery.

-- :query import_decide
-- The run with its academy and its claim, and whether the word was taken: only once, and only while it is held. What is
-- rejected ends refused; what is approved stays held until it is taken again. With the entry of the audit trail.
-- :role import
-- $1 run bigint
-- $2 approve boolean
-- $3 by text
-- $4 audited text
-- $5 trace text
with found as (
    select id, academy, claim, coalesce(refusal, '') as refusal, state = 'held' and decision is null as is_open
      from preau.import_run
     where id = $1
       for update
), decided as (
    update preau.import_run r
       set decision = case when $2 then 'approved' else 'rejected' end, decided_at = clock_timestamp(), decided_by = $3,
           state = case when $2 then r.state else 'refused' end,
           refusal = case when $2 then r.refusal else 'import_rejected' end,
           finished_at = case when $2 then r.finished_at else coalesce(r.finished_at, clock_timestamp()) end
      from found f
     where r.id = f.id and f.is_open
 returning r.id
)
select f.academy, f.claim, f.refusal, exists (select from decided) as decided,
       case when exists (select from decided) then
           preau.audit_write(f.academy, null, $3, $4, null, null, null, jsonb_build_object('run', f.id), $5) end as audited
  from found f;

-- :query import_expire
-- Nobody gave a word in time: it ends refused, unless somebody gives it now, or the clock of who asks is wrong.
-- :role import
-- $1 run bigint
-- $2 patience interval
update preau.import_run
   set state = 'refused', refusal = 'import_expired', finished_at = coalesce(finished_at, clock_timestamp())
 where id = $1 and state = 'held' and decision is null and started_at < now() - $2
returning id;

-- :query import_supersede
-- A complete set that is integrated, in its transaction, replaces those of no later day that wait: it says again all that
-- they would, and approved after it they would be out of date. Their claims.
-- :role import
-- $1 run bigint
-- $2 explanation text
update preau.import_run h
   set state = 'refused', refusal = 'import_superseded', explanation = concat_ws(e'\n', $2, h.explanation),
       finished_at = coalesce(h.finished_at, clock_timestamp())
  from preau.import_run r
 where r.id = $1 and r.kind = 'complete' and h.academy = r.academy and h.degree = r.degree and h.id < r.id
   and h.state = 'held' and h.decision is null
   and (h.generated_on <= r.generated_on or h.generated_on is null or r.generated_on is null)
returning h.claim;
