-- Heads named in AAF: whoever has an account here that follows AAF's record of a person has the schools that AAF names this
-- person head of, and no others by it.

-- Whom AAF names head of a structure. Of other staff nothing is kept. Structures by the attribute that names them, since a
-- modification may list one and leave the other as it was.
create table preau.aaf_head (
    academy    smallint not null references preau.academy,
    aaf_id     bigint   not null, -- ENTPersonJointure: staff keep theirs, from one degree to the other too
    degree     smallint not null check (degree in (1, 2)),
    nom        text     not null,
    prenom     text     not null,
    mail       text,
    functions  bigint[] not null, -- ENTPersonFonctions with the code DIR
    directs    bigint[] not null, -- ENTEnsFonctionDir
    changed_at timestamptz not null default now(),
    primary key (academy, aaf_id, degree),
    constraint aaf_head_heads check (cardinality(functions) + cardinality(directs) > 0)
);

create table preau.administrator_aaf ( -- whose record an account follows: one account a person
    administrator_id bigint   primary key references preau.administrator on delete cascade,
    academy          smallint not null references preau.academy,
    aaf_id           bigint   not null,
    bound_at         timestamptz not null default now(),
    unique (academy, aaf_id)
);

-- What follows from it stands among the other scopes, so that nothing that asks for them has a second place to look. A school
-- may be of AAF and of the operator at once: each takes back its own.
alter table preau.administrator_scope
    add column by_aaf boolean not null default false,
    drop constraint administrator_scope_once,
    add constraint administrator_scope_once
        unique nulls not distinct (administrator_id, academy, uai, giver_id, profile, from_at, until_at, by_aaf),
    add constraint administrator_scope_aaf_whole check (not by_aaf or (uai is not null and giver_id is null and not by_portal));
create index administrator_scope_by_aaf on preau.administrator_scope (academy, administrator_id) where by_aaf;

create view preau.aaf_headed as
select distinct b.administrator_id, s.academy, s.uai
  from preau.administrator_aaf b
  join preau.administrator ad on ad.id = b.administrator_id and ad.role = 'directeur'
  join preau.aaf_head h on (h.academy, h.aaf_id) = (b.academy, b.aaf_id)
 cross join lateral unnest(h.functions || h.directs) n(number)
  join preau.structure k on (k.academy, k.degree, k.number) = (h.academy, h.degree, n.number) and k.departed_at is null
  join preau.school s on (s.academy, s.uai) = (k.academy, k.uai) and s.departed_at is null;
comment on view preau.aaf_headed is 'which school each account has by AAF: what administrator_scope.by_aaf is made of';

-- The scopes of an academy's heads become what AAF says now; whom null: of all of them. Only what differs is written.
create function preau.aaf_settle(settled smallint, whom bigint default null) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- an import and a binding of one academy wait for one another: the later one sees what the other did
    perform pg_advisory_xact_lock(hashtextextended('preau.aaf_settle:' || settled, 0));
    delete from preau.administrator_scope sc
     where sc.by_aaf and sc.academy = settled and (whom is null or sc.administrator_id = whom)
       and not exists (select from preau.aaf_headed h
                        where (h.administrator_id, h.academy, h.uai) = (sc.administrator_id, settled, sc.uai)
                          and (whom is null or h.administrator_id = whom));
    insert into preau.administrator_scope (administrator_id, academy, uai, by_aaf)
    select h.administrator_id, h.academy, h.uai, true
      from preau.aaf_headed h
     where h.academy = settled and (whom is null or h.administrator_id = whom)
    on conflict do nothing;
end $$;

create function preau.aaf_bound() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        perform preau.aaf_settle(old.academy, old.administrator_id);
    end if;
    if tg_op <> 'DELETE' then
        perform preau.aaf_settle(new.academy, new.administrator_id);
    end if;
    return null;
end $$;
create trigger aaf_bound after insert or update or delete on preau.administrator_aaf
    for each row execute function preau.aaf_bound();

revoke execute on function preau.aaf_settle, preau.aaf_bound from public;
grant execute on function preau.aaf_settle to preau_import;
grant select, insert, update, delete on preau.aaf_head to preau_import;
grant select on preau.aaf_head to preau_link, preau_ctl;
grant select, insert, update, delete on preau.administrator_aaf to preau_link;
grant select on preau.administrator_aaf, preau.structure to preau_ctl;
