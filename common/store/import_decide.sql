-- A person's word on a run that is held.

-- :query import_decide
-- The run with its academy and its claim, and whether the word was taken: only once, and only while it is held. What is
-- rejected ends refused; what is approved stays held until it is taken again.
-- :role import
-- $1 run bigint
-- $2 approve boolean
-- $3 by text
with found as (
    select id, academy, claim, state = 'held' and decision is null as is_open
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
select f.academy, f.claim, exists (select from decided) as decided from found f;
