-- The tables in which a delivery waits while it is read: this session's own, gone with the transaction.
-- n is the order of reading. What is found wrong goes to import_problem, whether the reader or a statement finds it.

-- :query import_stage_schools
-- Structures as read.
-- :role import
-- :plain
create temporary table import_school (
    n bigint not null, file integer not null, line bigint not null, structure bigint not null, uai text not null,
    name text not null, kind text not null, city text not null, mail text, digest bytea not null
) on commit drop;

-- :query import_stage_pupils
-- Pupils as read, with the legal guardians that they name.
-- :role import
-- :plain
create temporary table import_pupil (
    n bigint not null, file integer not null, line bigint not null, aaf_id bigint not null, ine text,
    civilite text not null, nom text not null, prenom text not null, search_name text not null, base text not null,
    birth_date date not null, mail text, mobile text, adresse text not null, code_postal text not null,
    ville text not null, pays text not null, digest bytea not null,
    structure bigint not null, class text not null, niveau text not null, guardians bigint[] not null,
    liens smallint[] not null
) on commit drop;

-- :query import_stage_guardians
-- Guardians and contacts as read: who is a legal guardian, pupils say.
-- :role import
-- :plain
create temporary table import_guardian (
    n bigint not null, file integer not null, line bigint not null, aaf_id bigint not null,
    civilite text not null, nom text not null, prenom text not null, search_name text not null, base text not null,
    mail text, mobile text, adresse text not null, code_postal text not null, ville text not null, pays text not null,
    digest bytea not null, pupils bigint[] not null
) on commit drop;

-- :query import_stage_problems
-- What was found wrong.
-- :role import
-- :plain
create temporary table import_problem (
    file integer not null, line bigint not null, category text not null, aaf_id text, attribute text,
    code text not null, value text
) on commit drop;

-- :query import_stage_refused
-- Records that were refused though their number is known: who is in them has not left.
-- :role import
-- :plain
create temporary table import_refused (category text not null, aaf_id bigint not null) on commit drop;

-- :query import_stage_counters
-- Counters, to be summed.
-- :role import
-- :plain
create temporary table import_counter (category text not null, what text not null, count bigint not null)
    on commit drop;

-- :query import_stage_files
-- Names of the files read.
-- :role import
-- :plain
create temporary table import_file (number integer not null, name text not null) on commit drop;

-- :query import_stage_now
-- The run that these tables serve: one row.
-- :role import
-- :plain
create temporary table import_now (
    run bigint not null, academy smallint not null, degree smallint not null, kind text not null, generated_on date
) on commit drop;

-- :query import_copy_schools
-- Fills import_school.
-- :role import
-- :plain
copy pg_temp.import_school from stdin;

-- :query import_copy_pupils
-- Fills import_pupil.
-- :role import
-- :plain
copy pg_temp.import_pupil from stdin;

-- :query import_copy_guardians
-- Fills import_guardian.
-- :role import
-- :plain
copy pg_temp.import_guardian from stdin;

-- :query import_copy_problems
-- Fills import_problem.
-- :role import
-- :plain
copy pg_temp.import_problem from stdin;

-- :query import_copy_refused
-- Fills import_refused.
-- :role import
-- :plain
copy pg_temp.import_refused from stdin;

-- :query import_copy_counters
-- Fills import_counter.
-- :role import
-- :plain
copy pg_temp.import_counter from stdin;

-- :query import_copy_files
-- Fills import_file.
-- :role import
-- :plain
copy pg_temp.import_file from stdin;

-- :query import_copy_now
-- Fills import_now.
-- :role import
-- :plain
copy pg_temp.import_now from stdin;
