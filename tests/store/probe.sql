-- Queries that try the pool; the tests make the table probe.counter.

-- :query probe_one
-- One row with the number one.
-- :role ctl
select 1::bigint as one;

-- :query probe_echo
-- Every kind of value, as it was given.
-- :role ctl
-- $1 a text
-- $2 b bigint
-- $3 c boolean
-- $4 d bytea
-- $5 e timestamptz
-- $6 f date
-- $7 g interval
-- $8 h bigint[]
-- $9 i text[]
-- $10 j bytea[]
-- $11 k timestamptz[]
-- $12 l boolean[]
select $1 as a, $2 as b, $3 as c, $4 as d, $5 as e, $6 as f, extract(epoch from $7)::bigint as g,
       $8[2] as h, $9[1] as i1, $9[2] as i2, $9[3] as i3, $10[1] as j1, $10[2] as j2, $11[1] as k1, $11[2] as k2,
       $12[2] as l, cardinality($9)::bigint as members;

-- :query probe_sleep
-- Its number, after a while.
-- :role ctl
-- $1 seconds double precision
-- $2 number bigint
select $2 as number, pg_sleep($1)::text as slept;

-- :query probe_count
-- Adds one, after a while, and gives the new count.
-- :role ctl
-- $1 seconds double precision
with slept as (select pg_sleep($1))
update probe.counter set count = count + 1 from slept returning count;

-- :query probe_all
-- All of a table whose columns change.
-- :role ctl
select * from probe.counter;

-- :query probe_stale
-- Fails as an apply does that finds the accounts changed.
-- :role ctl
select preau.require_unchanged(1, 2);

-- :query probe_answer
-- Stores the answer of a request.
-- :role ctl
-- $1 request uuid
insert into preau.request_answer (request_id, method, answer) values ($1, 'probe', '');

-- :query probe_make_copied
-- A table for COPY.
-- :role ctl
-- :plain
create temporary table copied (a text, b bigint, c bytea, d timestamptz, e date, f boolean);

-- :query probe_copy_in
-- Fills it.
-- :role ctl
-- :plain
copy pg_temp.copied from stdin;

-- :query probe_copy_out
-- Reads it.
-- :role ctl
-- :plain
copy (select * from pg_temp.copied order by b) to stdout;

-- :query probe_copy_much
-- Reads more than anybody wants.
-- :role ctl
-- :plain
copy (select generate_series(1, 100000000)) to stdout;

-- :query probe_numbers
-- Numbers from one on, each in bytes: a cursor's.
-- :role ctl
-- $1 last bigint
select int8send(n) as bytes from generate_series(1, $1::bigint) n;

-- :query probe_name
-- Whether the connection bears this name by now.
-- :role ctl
-- $1 name text
select (current_setting('application_name') = $1)::integer::bigint as is_so;

-- :query probe_late
-- A number that may stand there once: found out when the transaction ends.
-- :role ctl
-- $1 number bigint
insert into probe.late values ($1) returning number;
