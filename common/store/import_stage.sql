-- The tables in which a delivery waits while it is read: this session's own, kept over its transactions, gone with it.
-- Of persons only what must be looked at is there: new, changed, come back, or naming what was not there; who is the same as
-- yesterday stands only in the figures. n is the order of staging, which is that of reading for what has one number. What is found wrong goes to import_problem, whether
-- the reader or a statement finds it.

-- :query import_stage_memory
-- Sets are joined by hash: with PostgreSQL's standard four megabytes, a million rows would be looked for one by one.
-- :role import
-- :plain
set work_mem = '128MB';

-- :query import_stage_buffers
-- The session's own tables stay in memory as far as they fit.
-- :role import
-- :plain
set temp_buffers = '64MB';

-- :query import_stage_schools
-- Structures as read: all of them. is_partial: of a modification that does not list all, where null is what it leaves as
-- it is, until import_prepare_modified.
-- :role import
-- :plain
create temporary table import_school (
    n bigint not null, file integer not null, line bigint not null, structure bigint not null, uai text,
    name text, kind text, city text, mail text, leaves_mail boolean not null, is_partial boolean not null
);

-- :query import_stage_pupils
-- Pupils, with the legal guardians that they name. is_partial: of a modification that does not list all.
-- :role import
-- :plain
create temporary table import_pupil (
    n bigint not null, file integer not null, line bigint not null, aaf_id bigint not null, ine text,
    civilite text not null, nom text not null, prenom text not null, search_name text not null, base text not null,
    birth_date date not null, mail text, mobile text, adresse text not null, code_postal text not null,
    ville text not null, pays text not null, digest bytea not null, told boolean not null, is_partial boolean not null,
    structure bigint not null, class text not null, niveau text not null, guardians bigint[] not null,
    liens smallint[] not null
);

-- :query import_stage_guardians
-- Guardians and contacts: who is a legal guardian, pupils say.
-- :role import
-- :plain
create temporary table import_guardian (
    n bigint not null, file integer not null, line bigint not null, aaf_id bigint not null,
    civilite text not null, nom text not null, prenom text not null, search_name text not null, base text not null,
    mail text, mobile text, adresse text not null, code_postal text not null, ville text not null, pays text not null,
    digest bytea not null, told boolean not null, is_partial boolean not null, match_key bytea, pupils bigint[] not null
);

-- :query import_stage_problems
-- What was found wrong.
-- :role import
-- :plain
create temporary table import_problem (
    file integer not null, line bigint not null, category text not null, aaf_id text, attribute text,
    code text not null, value text
);

-- :query import_stage_refused
-- Records that were refused though their number is known: who is in them has not left.
-- :role import
-- :plain
create temporary table import_refused (category text not null, aaf_id bigint not null);

-- :query import_stage_absent
-- Persons of the store whom a complete set passed over.
-- :role import
-- :plain
create temporary table import_absent (profile preau.profile not null, aaf_id bigint not null);

-- :query import_stage_late
-- Records that came after a greater number: each may be one that was held for absent, or one that was there before.
-- :role import
-- :plain
create temporary table import_late (
    profile preau.profile not null, aaf_id bigint not null, n bigint not null, file integer not null,
    line bigint not null, was_same boolean not null
);

-- :query import_stage_deleted
-- Records that a delta deletes.
-- :role import
-- :plain
create temporary table import_deleted (
    category text not null, aaf_id bigint not null, n bigint not null, file integer not null, line bigint not null
);

-- :query import_stage_counters
-- Counters, to be summed.
-- :role import
-- :plain
create temporary table import_counter (category text not null, what text not null, count bigint not null);

-- :query import_stage_structure_counters
-- Counters of pupils by the structure that they name.
-- :role import
-- :plain
create temporary table import_structure_counter (structure bigint not null, what text not null, count bigint not null);

-- :query import_stage_school_counters
-- Counters by school, to be summed.
-- :role import
-- :plain
create temporary table import_uai_counter (uai text not null, category text not null, what text not null, count bigint not null);

-- :query import_stage_files
-- Names of the files read, with the first and the last number in each.
-- :role import
-- :plain
create temporary table import_file (
    number integer not null, name text not null, category text not null, first_id bigint, last_id bigint
);

-- :query import_stage_now
-- The run that these tables serve: one row.
-- :role import
-- :plain
create temporary table import_now (
    run bigint not null, academy smallint not null, degree smallint not null, kind text not null, generated_on date,
    records bigint not null, departed_min bigint not null
);

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

-- :query import_copy_absent
-- Fills import_absent.
-- :role import
-- :plain
copy pg_temp.import_absent from stdin;

-- :query import_copy_late
-- Fills import_late.
-- :role import
-- :plain
copy pg_temp.import_late from stdin;

-- :query import_copy_deleted
-- Fills import_deleted.
-- :role import
-- :plain
copy pg_temp.import_deleted from stdin;

-- :query import_copy_counters
-- Fills import_counter.
-- :role import
-- :plain
copy pg_temp.import_counter from stdin;

-- :query import_copy_structure_counters
-- Fills import_structure_counter.
-- :role import
-- :plain
copy pg_temp.import_structure_counter from stdin;

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
