-- Runs of the import and what they refused. The data of a run are import_apply.sql's.

-- :query import_run_list
-- Runs, newest first, of one academy or of all (0), among those of $2 (null: every academy). Counters as lines
-- "category what count".
-- :role import
-- $1 academy integer
-- $2 academies smallint[]
-- $3 limit bigint
select r.id, r.academy, r.degree, r.kind, r.generated_on, r.archive, r.mode = 'check' as checks, r.state, r.started_at,
       r.finished_at, r.refusal, r.explanation, r.records, r.previous_id, r.decision, r.decided_at, r.decided_by,
       (select string_agg(c.key || ' ' || w.key || ' ' || w.value, e'\n' order by c.key, w.key)
          from jsonb_each(r.counters) c, jsonb_each_text(c.value) w) as counters
  from preau.import_run r
 where ($1 = 0 or r.academy = $1) and ($2 is null or r.academy = any ($2))
 order by r.id desc
 limit $3;

-- :query import_run_load
-- One run, as import_run_list gives it.
-- :role import
-- $1 run bigint
select r.id, r.academy, r.degree, r.kind, r.generated_on, r.archive, r.mode = 'check' as checks, r.state, r.started_at,
       r.finished_at, r.refusal, r.explanation, r.records, r.previous_id, r.decision, r.decided_at, r.decided_by,
       (select string_agg(c.key || ' ' || w.key || ' ' || w.value, e'\n' order by c.key, w.key)
          from jsonb_each(r.counters) c, jsonb_each_text(c.value) w) as counters
  from preau.import_run r
 where r.id = $1;

-- :query import_latest
-- When each academy was last integrated.
-- :role import
select academy, max(finished_at) as finished_at from preau.import_run where state = 'applied' group by academy;

-- :query import_lock
-- Takes an academy for this session, if no other works on it: the lock ends with the session.
-- :role import
-- $1 academy integer
select pg_try_advisory_lock(1347568981, $1) as taken;

-- :query import_records_hold
-- While a run has chosen accounts for records that it has not written: no account becomes another's then, and none is parted (preau.account_join,
-- preau.account_separate, preau.registration_join), or the record would come into the wrong one. Runs do not wait for each other.
-- :role import
select pg_advisory_lock_shared(1347568985);

-- :query import_records_free
-- They are written.
-- :role import
select pg_advisory_unlock_shared(1347568985);

-- :query import_abandon
-- The runs of an academy that say "running" though this session holds the academy: their process is dead.
-- :role import
-- $1 academy smallint
-- $2 explanation text
update preau.import_run
   set state = 'failed', finished_at = clock_timestamp(), explanation = $2
 where academy = $1 and state = 'running';

-- :query import_running_academies
-- Academies of which a run says that it goes on.
-- :role import
select distinct academy from preau.import_run where state = 'running' order by academy;

-- :query import_academy_know
-- Makes the academy known.
-- :role import
-- $1 academy smallint
-- $2 name text
insert into preau.academy (code, name) values ($1, $2) on conflict (code) do nothing;

-- :query import_load_claim
-- What a claimed archive came to: its last run that did not fail, with the digest that it had then; and how many in a row
-- since were told interrupted.
-- :role import
-- $1 academy smallint
-- $2 claim text
-- $3 interrupted text
with runs as (
    select id, state, digest, decision, explanation from preau.import_run where academy = $1 and claim = $2
), last as (
    select * from runs where state <> 'failed' order by id desc limit 1
)
select l.id, l.state, l.digest, l.decision is not null as decided, coalesce(l.decision = 'approved', false) as approved,
       (select count(*) from runs r
         where r.state = 'failed' and r.explanation = $3 and r.id > coalesce(l.id, 0)
           and r.id > coalesce((select max(o.id) from runs o where o.state = 'failed' and o.explanation is distinct from $3), 0)
       ) as interrupted
  from (select 1) one
  left join last l on true;

-- :query import_find_applied
-- The run that integrated these bytes, if nothing else of its degree was integrated since.
-- :role import
-- $1 academy smallint
-- $2 digest bytea
select r.id
  from preau.import_run r
 where r.academy = $1 and r.digest = $2 and r.state = 'applied'
   and not exists (select from preau.import_run b
                    where b.academy = $1 and b.degree = r.degree and b.state = 'applied' and b.id > r.id)
 order by r.id desc
 limit 1;

-- :query import_load_before
-- What stands before a run's delivery: one made later that is integrated, or any that was since this one was held; one made
-- earlier that is held, unless a complete set was integrated after it; anybody known, by the first in order (exists would
-- look through the other degree).
-- :role import
-- $1 run bigint
-- $2 degree smallint
-- $3 generated_on date
-- $4 held bigint
select exists (select from preau.import_run b
                where b.academy = r.academy and b.degree = $2 and b.state = 'applied'
                  and (b.generated_on > $3
                       or (b.id > $4 and (b.generated_on is null or $3 is null or b.generated_on >= $3)))) as later,
       exists (select from preau.import_run b
                where b.academy = r.academy and b.degree = $2 and b.state = 'held' and b.decision is null
                  and b.claim is distinct from r.claim and (b.generated_on <= $3 or $3 is null)
                  and not exists (select from preau.import_run o
                                   where o.academy = r.academy and o.degree = $2 and o.state = 'applied'
                                     and o.kind = 'complete' and o.id > b.id)) as held,
       (select p.aaf_id from preau.person p where p.academy = r.academy and p.degree = $2 order by p.aaf_id limit 1)
           is not null as base
  from preau.import_run r
 where r.id = $1;

-- :query import_begin
-- A run begins: seen by everybody while its data are not yet.
-- :role import
-- $1 academy smallint
-- $2 archive text
-- $3 claim text
-- $4 digest bytea
insert into preau.import_run (academy, archive, claim, mode, digest, state)
values ($1, $2, $3, case when $3 is null then 'check' else 'apply' end, $4, 'running')
returning id;

-- :query import_repeat
-- An archive has the bytes that a run integrated: told as a run that had nothing to do.
-- :role import
-- $1 integrated bigint
-- $2 archive text
-- $3 claim text
-- $4 explanation text
insert into preau.import_run (academy, degree, kind, generated_on, archive, claim, digest, state, finished_at, explanation)
select b.academy, b.degree, b.kind, b.generated_on, $2, $3, b.digest, 'repeated', clock_timestamp(), $4
  from preau.import_run b
 where b.id = $1
returning id;

-- :query import_end_without
-- A run ends without any change of data.
-- :role import
-- $1 run bigint
-- $2 state text
-- $3 refusal text
-- $4 explanation text
-- $5 degree smallint
-- $6 kind text
-- $7 generated_on date
update preau.import_run
   set state = $2, finished_at = clock_timestamp(), refusal = nullif($3, ''), explanation = nullif($4, ''),
       degree = $5, kind = nullif($6, ''), generated_on = $7
 where id = $1 and state = 'running';

-- :query import_refusal_copy
-- What made the whole archive refused.
-- :role import
-- :plain
copy preau.import_refusal (run_id, sequence, file, line, category, aaf_id, attribute, code, value) from stdin;
