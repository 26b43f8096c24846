-- Runs of the import and what they refused. The data of a run are import_apply.sql's.

-- :query import_run_list
-- Runs, newest first, of one academy or of all (0). Counters as lines "category what count".
-- :role import
-- $1 academy integer
-- $2 limit bigint
select r.id, r.academy, r.degree, r.archive, r.state, r.started_at, r.finished_at, r.refusal, r.explanation,
       (select string_agg(c.key || ' ' || w.key || ' ' || w.value, e'\n' order by c.key, w.key)
          from jsonb_each(r.counters) c, jsonb_each_text(c.value) w) as counters
  from preau.import_run r
 where $1 = 0 or r.academy = $1
 order by r.id desc
 limit $2;

-- :query import_run_load
-- One run, as import_run_list gives it.
-- :role import
-- $1 run bigint
select r.id, r.academy, r.degree, r.archive, r.state, r.started_at, r.finished_at, r.refusal, r.explanation,
       (select string_agg(c.key || ' ' || w.key || ' ' || w.value, e'\n' order by c.key, w.key)
          from jsonb_each(r.counters) c, jsonb_each_text(c.value) w) as counters
  from preau.import_run r
 where r.id = $1;

-- :query import_refusal_list
-- What a run refused, in the order of the files, with how much that is in all.
-- :role import
-- $1 run bigint
-- $2 limit bigint
select f.file, f.line, f.category, f.aaf_id, f.attribute, f.code, f.value,
       (select count(*) from preau.import_refusal every where every.run_id = $1) as total
  from preau.import_refusal f
 where f.run_id = $1
 order by f.sequence
 limit $2;

-- :query import_latest
-- When each academy was last integrated.
-- :role import
select academy, max(finished_at) as finished_at from preau.import_run where state = 'applied' group by academy;

-- :query import_lock
-- Takes an academy for this session, if no other works on it: the lock ends with the session.
-- :role import
-- $1 academy integer
select pg_try_advisory_lock(1347568981, $1) as taken;

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

-- :query import_find_ended
-- Whether this archive was integrated before, or refused since it was dropped: its run.
-- :role import
-- $1 academy smallint
-- $2 digest bytea
-- $3 dropped_at timestamptz
select id from preau.import_run
 where academy = $1 and digest = $2 and (state = 'applied' or (state = 'refused' and finished_at > $3))
 order by id desc
 limit 1;

-- :query import_find_later
-- Whether a later delivery of the same degree was integrated before.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 generated_on date
select exists (select from preau.import_run
                where academy = $1 and degree = $2 and state = 'applied' and generated_on > $3) as later;

-- :query import_begin
-- A run begins: seen by everybody while its data are not yet.
-- :role import
-- $1 academy smallint
-- $2 archive text
-- $3 digest bytea
insert into preau.import_run (academy, archive, digest, state) values ($1, $2, $3, 'running') returning id;

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
