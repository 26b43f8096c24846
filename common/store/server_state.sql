-- What an operator wants to know of the server itself: for preauctl doctor, under any of the house's roles.

-- :query server_state
-- Its version, the settings that data depend on, what time it is there, whether its journal is archived.
-- :role import notify link stats portal ctl
select current_setting('server_version') as version, current_setting('server_version_num')::integer as version_number,
       pg_encoding_to_char(d.encoding)::text as encoding, current_setting('data_checksums') = 'on' as has_checksums,
       current_setting('fsync') = 'on' as has_fsync, current_setting('full_page_writes') = 'on' as has_full_pages,
       -- a statement's values are names, dates of birth, addresses; without auto_explain it has no settings
       current_setting('log_parameter_max_length') <> '0'
       and (current_setting('log_min_duration_statement') <> '-1' or current_setting('log_min_duration_sample') <> '-1'
            or current_setting('log_statement') in ('mod', 'all') or current_setting('log_transaction_sample_rate') <> '0')
       or current_setting('log_parameter_max_length_on_error') <> '0' as has_values_logged,
       coalesce(current_setting('auto_explain.log_min_duration', true), '-1') <> '-1' as has_plans_logged,
       current_setting('max_connections')::integer as connections_max,
       current_setting('superuser_reserved_connections')::integer as connections_reserved,
       pg_is_in_recovery() as is_standby, current_setting('archive_mode') <> 'off' as is_archiving,
       current_setting('archive_command') <> '' or current_setting('archive_library') <> '' as has_archiver,
       a.last_archived_time, a.last_failed_time,
       -- a segment before the one that is written to, after the last that was archived, of whatever timeline
       case when pg_is_in_recovery() then false
            else coalesce(substr(a.last_archived_wal, 9, 16), repeat('0', 16)) collate "C"
                 < substr(pg_walfile_name(pg_current_wal_lsn() - pg_size_bytes(current_setting('wal_segment_size'))), 9, 16)
       end as is_archive_waiting,
       (extract(epoch from clock_timestamp()) * 1000000)::bigint as clock
  from pg_database d, pg_stat_archiver a
 where d.datname = current_database();

-- :query server_roles
-- Of each role that is named: is it there, may it come in, may it do more than its work?
-- :role import notify link stats portal ctl
-- $1 names text[]
select w.name, r.rolname is not null as is_there, coalesce(r.rolcanlogin, false) as may_log_in,
       coalesce(r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls, false) as is_powerful,
       coalesce(r.rolvaliduntil <= now(), false) as is_expired,
       coalesce(has_database_privilege(r.oid, current_database(), 'connect'), false) as may_connect
  from unnest($1) with ordinality as w (name, place)
  left join pg_roles r on r.rolname = w.name
 order by w.place;

-- :query server_schema
-- The last migration that was applied, and the oldest whose programs the schema serves too (0: it does not say).
-- :role import notify link stats portal ctl
select coalesce(max(m.number), 0)::integer as number,
       coalesce((array_agg((to_jsonb(m) ->> 'serves')::integer order by m.number desc))[1], 0) as serves
  from preau.migration m;
