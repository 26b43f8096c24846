-- The audit trail: every action of an administrator or of the operator, every display of a password. It is only ever added
-- to, and each entry holds the hash of the one before it: what is changed, taken out or put in between afterwards is found
-- by preauctl audit verify. docs/decisions/0015 says why it is made so.

create table preau.audit (
    chain            smallint    not null check (chain >= 0), -- the academy of the deed; 0: the nation
    number           bigint      not null check (number > 0), -- 1, 2, 3 and so on without a gap
    at               timestamptz not null, -- never before that of the entry before it
    administrator_id bigint, -- null: the operator, by preauctl
    actor            text        not null check (octet_length(actor) <= 256), -- the login then; what the operator goes by
    action           text        not null check (action ~ '^[a-z][a-z_]{2,39}$'), -- common/domain/audit_action.def
    uai              text        check (uai ~ '^[0-9]{7}[A-Z]$'),
    account_academy  smallint,
    account_id       bigint,
    -- json keeps the very bytes that were hashed. Numbers and codes, never what is personal: it outlives the accounts
    detail           json        not null check (json_typeof(detail) = 'object' and octet_length(detail::text) <= 2000),
    trace            text        not null check (octet_length(trace) <= 256), -- of the click that began it, as in the logs
    previous         bytea       not null check (length(previous) = 32),
    hash             bytea       not null check (length(hash) = 32),
    primary key (chain, number),
    constraint audit_account_whole check ((account_academy is null) = (account_id is null))
);
-- Each begins with what is looked for, then goes by time: a page of the newest is read from its end.
create index audit_by_time on preau.audit (chain, at, number);
create index audit_by_school on preau.audit (chain, uai, at, number) where uai is not null;
create index audit_by_actor on preau.audit (chain, actor, at, number);
create index audit_by_action on preau.audit (chain, action, at, number);
create index audit_by_account on preau.audit (chain, account_academy, account_id, at, number) where account_id is not null;

create table preau.audit_head ( -- the last entry of each chain; its row's lock is the turn to write the next one
    chain  smallint    primary key check (chain >= 0),
    number bigint      not null check (number >= 0),
    at     timestamptz not null,
    hash   bytea       not null check (length(hash) = 32)
) with (fillfactor = 20); -- updated by every entry: room for that on its page

-- What a transaction is about to add; seen by no other, since it is empty again when the transaction commits. Chained then,
-- after all that the transaction has to do, so that the head is held as short as can be: a batch of 2,000 accounts checks
-- thousands of foreign keys at the end of its statement, and nobody waits for that.
create unlogged table preau.audit_wanted (
    id               bigint generated always as identity primary key,
    chain            smallint not null,
    administrator_id bigint,
    actor            text     not null,
    action           text     not null,
    uai              text,
    account_academy  smallint,
    account_id       bigint,
    detail           json     not null,
    trace            text     not null
);

-- One field of what is hashed: its length in bytes, then itself, so that no two entries read the same; null is no length.
create function preau.audit_field(value text) returns text language sql immutable parallel safe
    return case when value is null then '-' else octet_length(value) || ':' || value end || ',';

-- The hash of an entry. preauctl has its own (common/domain/audit_entry.c), so that whoever changes this one is found out.
create function preau.audit_hash(entry preau.audit) returns bytea language sql stable parallel safe
    return sha256(convert_to('preau-audit-1,'
        || preau.audit_field((entry).chain::text)
        || preau.audit_field((entry).number::text)
        || preau.audit_field((extract(epoch from (entry).at) * 1000000)::bigint::text)
        || preau.audit_field((entry).administrator_id::text)
        || preau.audit_field((entry).actor)
        || preau.audit_field((entry).action)
        || preau.audit_field((entry).uai)
        || preau.audit_field((entry).account_academy::text)
        || preau.audit_field((entry).account_id::text)
        || preau.audit_field((entry).detail::text)
        || preau.audit_field((entry).trace)
        || preau.audit_field(encode((entry).previous, 'hex')), 'UTF8'));

create function preau.audit_append() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    head  preau.audit_head;
    entry preau.audit;
begin
    select * into head from preau.audit_head h where h.chain = new.chain for update;
    if not found then
        insert into preau.audit_head (chain, number, at, hash)
        values (new.chain, 0, 'epoch', decode(repeat('00', 32), 'hex')) on conflict do nothing;
        select * into strict head from preau.audit_head h where h.chain = new.chain for update;
    end if;
    entry := row(new.chain, head.number + 1, greatest(clock_timestamp(), head.at), new.administrator_id, new.actor,
                 new.action, new.uai, new.account_academy, new.account_id, new.detail, new.trace, head.hash, null);
    entry.hash := preau.audit_hash(entry);
    insert into preau.audit select entry.*;
    update preau.audit_head h set number = entry.number, at = entry.at, hash = entry.hash where h.chain = new.chain;
    delete from preau.audit_wanted w where w.id = new.id;
    return null;
end $$;
create constraint trigger audit_append after insert on preau.audit_wanted
    deferrable initially deferred for each row execute function preau.audit_append();

-- The one way in: an entry, to be added when the transaction commits; if that fails, the deed is undone with it.
-- administrator 0 or null: the operator, under the name given. chain null: that of the administrator's own academy, if there
-- is only one, and of their school, if that is all there is.
create function preau.audit_write(chain integer, administrator bigint, operator text, action text, uai text,
    account_academy integer, account bigint, detail jsonb, trace text) returns void language sql
    security definer set search_path = pg_catalog, pg_temp
    begin atomic
        insert into preau.audit_wanted (chain, administrator_id, actor, action, uai, account_academy, account_id, detail, trace)
        select coalesce(audit_write.chain, own.chain, 0), nullif(administrator, 0),
               case when nullif(administrator, 0) is null then left(coalesce(operator, ''), 64)
                    else (select ad.login from preau.administrator ad where ad.id = administrator) end,
               audit_write.action, coalesce(audit_write.uai, case when audit_write.chain is null then own.uai end),
               audit_write.account_academy, account, jsonb_strip_nulls(audit_write.detail)::text::json,
               left(coalesce(audit_write.trace, ''), 64)
          from (select case when count(distinct s.academy) = 1 and count(*) = count(s.academy) then min(s.academy) end as chain,
                       case when count(*) = 1 then min(s.uai) end as uai
                  from preau.administrator_scope s where s.administrator_id = administrator) own;
    end;

create function preau.audit_refuse() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'the audit trail is only added to' using errcode = 'PR004',
        hint = 'No entry is changed or removed: docs/operators/conservation.md.';
end $$;
create trigger audit_refuse before update or delete or truncate on preau.audit
    for each statement execute function preau.audit_refuse();
create trigger audit_refuse before delete or truncate on preau.audit_head
    for each statement execute function preau.audit_refuse();
-- also while a replica's changes are being applied
alter table preau.audit enable always trigger audit_refuse;
alter table preau.audit_head enable always trigger audit_refuse;
alter table preau.audit_wanted enable always trigger audit_append;

-- Whose entries an administrator may read: a head those of the schools, assistance and operators those of their scope.
-- academy null: all; uai null: the whole academy. What was given for a time gives nothing to read. Delegates and integrators none (audit_role_reads of common/domain).
create view preau.audit_reader as
select s.administrator_id, s.academy, s.uai
  from preau.administrator_scope s
  join preau.administrator ad on ad.id = s.administrator_id
 where ad.role in ('directeur', 'assistance', 'exploitant') and ad.disabled_at is null and s.giver_id is null;

revoke execute on function preau.audit_field, preau.audit_hash, preau.audit_append, preau.audit_write, preau.audit_refuse
    from public;
grant execute on function preau.audit_write to preau_import, preau_notify, preau_link;
grant select on preau.audit, preau.audit_reader to preau_portal, preau_ctl;
grant select on preau.audit_head to preau_portal, preau_ctl, preau_link;
