-- The whole house's tables. The academy is the first column of the key of each large table: it is the shard.
--
-- Who owns what (writes it): import: academy, school, person, enrolment, guardianship, account (pre-creation), import_*.
-- notify: batch, delivery, document. link: credential, confirmation, administrator, attempt. portal: session.
-- stats: statistics*. Account rows are moved by whoever the life cycle lets act; the trigger below holds the rules.

create schema if not exists preau;

do $$
declare
    daemon text;
begin
    foreach daemon in array array['import', 'notify', 'link', 'stats', 'portal', 'ctl'] loop
        if not exists (select from pg_roles where rolname = 'preau_' || daemon) then
            execute format('create role %I login', 'preau_' || daemon);
        end if;
        execute format('grant usage on schema preau to %I', 'preau_' || daemon);
    end loop;
end $$;

create type preau.profile as enum ('responsable', 'eleve');
create type preau.account_state as enum ('non_distribue', 'distribue', 'en_cours', 'active');
create type preau.account_origin as enum ('non_renseigne', 'etablissement', 'franceconnect', 'responsable', 'aten', 'ent');
create type preau.password_kind as enum ('none', 'provisional', 'chosen');
create type preau.administrator_role as enum ('directeur', 'delegue', 'integrateur', 'assistance', 'exploitant');

-- ---------------------------------------------------------------------------------------------- what AAF says

create table preau.academy (
    code smallint primary key check (code > 0), -- BCN number: 10 is Lyon
    name text not null
);

create table preau.school (
    academy        smallint not null references preau.academy,
    uai            text     not null check (uai ~ '^[0-9]{7}[A-Z]$'),
    degree         smallint not null check (degree in (1, 2)),
    structure      bigint   not null, -- ENTStructureJointure
    name           text     not null,
    kind           text     not null,
    city           text     not null,
    mail           text,
    digest         bytea    not null check (length(digest) = 16),
    departed_at    timestamptz,
    primary key (academy, uai),
    unique (academy, degree, structure)
);
create index school_by_uai on preau.school (uai);

create sequence preau.account_number as bigint;

create table preau.account (
    academy                 smallint not null references preau.academy, -- where it was first created
    id                      bigint   not null default nextval('preau.account_number'),
    profile                 preau.profile not null,
    state                   preau.account_state not null default 'non_distribue',
    origin                  preau.account_origin not null default 'non_renseigne',
    password                preau.password_kind not null default 'provisional',
    login                   text not null unique check (login = lower(login) and login <> ''),
    email                   text, -- the person's own; AAF's stays in person and never overwrites it (guide 1.2)
    email_confirmed_at      timestamptz,
    mobile                  text,
    created_at              timestamptz not null default now(),
    notified_at             timestamptz,
    notification_expires_at timestamptz,
    activated_at            timestamptz, -- first activation; kept for ever after
    closed_at               timestamptz,
    version                 bigint not null default 1,
    primary key (academy, id),
    constraint account_origin_follows_state check (state <> 'non_distribue' or origin = 'non_renseigne'),
    constraint account_left_its_first_state_by_someone check (state = 'non_distribue' or origin <> 'non_renseigne'),
    constraint account_pupil_is_never_half_open check (profile <> 'eleve' or state <> 'en_cours'),
    constraint account_is_active_since check ((state = 'active') <= (activated_at is not null)),
    constraint account_half_open_has_address check (state <> 'en_cours' or email is not null),
    constraint account_confirmed_address check (email_confirmed_at is null or email is not null),
    constraint account_notified_until check ((notified_at is null) = (notification_expires_at is null))
);

-- Identifiers are never given twice, not even after an account is closed and erased: their rows stay.
create table preau.identifier (
    login      text primary key,
    academy    smallint not null,
    account_id bigint   not null,
    given_at   timestamptz not null default now()
);

-- One row a record of AAF (fiche): a pupil, or a legal guardian. Several may be one account.
create table preau.person (
    academy         smallint not null references preau.academy,
    degree          smallint not null check (degree in (1, 2)),
    aaf_id          bigint   not null, -- ENTPersonJointure, unique in an academy's feed only
    profile         preau.profile not null,
    ine             text,
    civilite        text not null default '',
    nom             text not null,
    prenom          text not null,
    search_name     text not null, -- name_normalise(nom) || ' ' || name_normalise(prenom) of common/domain
    birth_date      date,
    mail            text,
    mobile          text, -- E.164
    adresse         text not null default '', -- l1$l2$l3$l4
    code_postal     text not null default '',
    ville           text not null default '',
    pays            text not null default '',
    digest          bytea not null check (length(digest) = 16),
    account_academy smallint,
    account_id      bigint,
    changed_at      timestamptz not null default now(),
    departed_at     timestamptz,
    primary key (academy, degree, aaf_id),
    foreign key (account_academy, account_id) references preau.account (academy, id),
    constraint person_pupil_has_birth_date check ((profile = 'eleve') = (birth_date is not null)),
    constraint person_account_whole check ((account_academy is null) = (account_id is null)),
    constraint person_first_degree_pupil_has_no_account check (profile <> 'eleve' or degree = 2 or account_id is null)
);
create index person_by_account on preau.person (account_academy, account_id);
create index person_by_name on preau.person (academy, search_name);
create index person_by_mobile on preau.person (mobile) where mobile is not null and profile = 'responsable';
create index person_by_ine on preau.person (ine) where ine is not null;

create table preau.enrolment (
    academy  smallint not null,
    degree   smallint not null,
    pupil_id bigint   not null,
    uai      text     not null,
    class    text     not null default '',
    niveau   text     not null default '',
    primary key (academy, degree, pupil_id, uai),
    foreign key (academy, degree, pupil_id) references preau.person (academy, degree, aaf_id) on delete cascade,
    foreign key (academy, uai) references preau.school (academy, uai)
);
create index enrolment_by_school on preau.enrolment (academy, uai, class);

create table preau.guardianship (
    academy     smallint not null,
    degree      smallint not null,
    pupil_id    bigint   not null,
    guardian_id bigint   not null,
    lien        smallint not null,
    primary key (academy, degree, pupil_id, guardian_id),
    foreign key (academy, degree, pupil_id) references preau.person (academy, degree, aaf_id) on delete cascade,
    foreign key (academy, degree, guardian_id) references preau.person (academy, degree, aaf_id) on delete cascade
);
create index guardianship_by_guardian on preau.guardianship (academy, degree, guardian_id);
comment on table preau.guardianship is 'legal guardians only: a contact has no right and no row (AAF annexe 4bis)';

-- --------------------------------------------------------------------------------------- the life cycle, held here

-- Filled from the table of common/domain/lifecycle.c; a test compares both.
create table preau.lifecycle_move (
    profile     preau.profile not null,
    from_state  preau.account_state not null,
    from_origin preau.account_origin not null,
    to_state    preau.account_state not null,
    to_origin   preau.account_origin not null,
    primary key (profile, from_state, from_origin, to_state, to_origin)
);

create function preau.account_hold_rules() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'non_distribue' or new.version <> 1 then
            raise exception 'an account begins at non_distribue' using errcode = 'PR002';
        end if;
        return new;
    end if;
    if new.profile <> old.profile or new.academy <> old.academy or new.id <> old.id or new.login <> old.login then
        raise exception 'what an account is does not change' using errcode = 'PR002';
    end if;
    if old.activated_at is not null and new.activated_at is distinct from old.activated_at then
        raise exception 'the first activation of an account does not change' using errcode = 'PR002';
    end if;
    if (new.state, new.origin) is distinct from (old.state, old.origin) and not exists (
        select from preau.lifecycle_move m
         where m.profile = old.profile and m.from_state = old.state and m.from_origin = old.origin
           and m.to_state = new.state and m.to_origin = new.origin)
    then
        raise exception 'no action leads from %/% to %/%', old.state, old.origin, new.state, new.origin
            using errcode = 'PR002', hint = 'The moves are those of common/domain/lifecycle.c.';
    end if;
    new.version := old.version + 1; -- by the database, so that no writer can forget it
    return new;
end $$;
create trigger account_hold_rules before insert or update on preau.account
    for each row execute function preau.account_hold_rules();

-- Ends a statement that found the world changed: the caller loads and decides again.
create function preau.require_unchanged(changed bigint, wanted bigint) returns bigint language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    if changed <> wanted then
        raise exception 'accounts changed since they were read: % of %', changed, wanted using errcode = 'PR001';
    end if;
    return changed;
end $$;

-- --------------------------------------------------------------------------------------- secrets and proofs

create table preau.credential (
    academy          smallint not null,
    account_id       bigint   not null,
    sealed           bytea, -- a provisional password, readable until the person changes it (guide 1.1)
    hash             text,  -- Argon2id of a chosen one, readable by nobody
    changed_at       timestamptz not null default now(),
    last_sign_in_at  timestamptz,
    primary key (academy, account_id),
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade,
    constraint credential_is_one_of_both check ((sealed is null) <> (hash is null))
);

create sequence preau.confirmation_number as bigint;
create table preau.confirmation ( -- a link that was mailed; its token is derived from the key and this row's number
    academy       smallint not null,
    id            bigint   not null default nextval('preau.confirmation_number'),
    account_id    bigint   not null,
    purpose       text     not null check (purpose in ('activation', 'email_change')),
    email         text     not null,
    created_at    timestamptz not null default now(),
    expires_at    timestamptz not null,
    used_at       timestamptz,
    superseded_at timestamptz,
    primary key (academy, id),
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade
);
create index confirmation_by_account on preau.confirmation (academy, account_id);

-- Failed tries, by account or by address: a growing delay, never a lock (guide is silent; CNIL 2022-100).
create table preau.attempt (
    subject    text primary key, -- 'account:10:123', 'address:192.0.2.7', 'birth_date:10:123'
    failures   integer not null,
    first_at   timestamptz not null,
    last_at    timestamptz not null,
    not_before timestamptz not null
);

create table preau.administrator (
    id              bigint generated always as identity primary key,
    login           text not null unique,
    name            text not null,
    mail            text,
    role            preau.administrator_role not null,
    hash            text not null,
    created_at      timestamptz not null default now(),
    last_sign_in_at timestamptz,
    disabled_at     timestamptz
);

create table preau.administrator_scope (
    administrator_id bigint not null references preau.administrator on delete cascade,
    academy          smallint, -- null: the nation
    uai              text,     -- null: the whole academy
    unique nulls not distinct (administrator_id, academy, uai),
    check (academy is not null or uai is null)
);

create table preau.session (
    digest           bytea primary key check (length(digest) = 32), -- of the cookie: the store cannot be used to sign in
    stage            text not null check (stage in ('open', 'opening', 'new_password')),
    academy          smallint,
    account_id       bigint,
    administrator_id bigint references preau.administrator on delete cascade,
    csrf             text not null,
    created_at       timestamptz not null default now(),
    seen_at          timestamptz not null default now(),
    expires_at       timestamptz not null,
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade,
    check ((account_id is null) <> (administrator_id is null))
);
create index session_by_account on preau.session (academy, account_id) where account_id is not null;
create index session_by_expiry on preau.session (expires_at);

-- --------------------------------------------------------------------------------------- what leaves the house

create sequence preau.batch_number as bigint;
create table preau.batch (
    academy          smallint not null,
    id               bigint   not null default nextval('preau.batch_number'),
    uai              text     not null,
    request_id       uuid     not null unique, -- a repeated request is the same batch
    administrator_id bigint   not null references preau.administrator,
    channel          text     not null check (channel in ('mail', 'sheet')),
    reset            boolean  not null, -- with new passwords (guide 5.3)
    total            integer  not null check (total > 0),
    created_at       timestamptz not null default now(),
    primary key (academy, id),
    foreign key (academy, uai) references preau.school (academy, uai)
);
create index batch_by_school on preau.batch (academy, uai, created_at);

create sequence preau.delivery_number as bigint;
create table preau.delivery ( -- the outbox: a mail or a sheet that is owed to a person
    academy         smallint not null,
    id              bigint   not null default nextval('preau.delivery_number'),
    batch_id        bigint,
    account_id      bigint   not null,
    kind            text     not null check (kind in ('notification', 'activation', 'email_change', 'password_changed')),
    channel         text     not null check (channel in ('mail', 'sheet')),
    recipient       text,
    confirmation_id bigint,
    message_id      text, -- made before the first try, so that a mail sent twice is recognised
    state           text     not null default 'waiting' check (state in ('waiting', 'taken', 'sent', 'failed', 'cancelled')),
    attempts        integer  not null default 0,
    due_at          timestamptz not null default now(),
    taken_until     timestamptz, -- past it the taker is held for dead and the row is taken again
    reason          text,
    created_at      timestamptz not null default now(),
    done_at         timestamptz,
    primary key (academy, id),
    unique (academy, batch_id, account_id),
    foreign key (academy, batch_id) references preau.batch (academy, id) on delete cascade,
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade,
    foreign key (academy, confirmation_id) references preau.confirmation (academy, id) on delete cascade,
    constraint delivery_mail_has_recipient check (channel <> 'mail' or recipient is not null),
    constraint delivery_taken_until check ((state = 'taken') = (taken_until is not null)),
    constraint delivery_failure_has_reason check (state <> 'failed' or reason is not null),
    constraint delivery_done check ((state in ('sent', 'failed', 'cancelled')) = (done_at is not null))
);
create index delivery_to_do on preau.delivery (due_at) where state in ('waiting', 'taken');
create index delivery_by_account on preau.delivery (academy, account_id, created_at);

create table preau.document ( -- the sheets of a batch, sealed; erased when it expires
    academy    smallint not null,
    batch_id   bigint   not null,
    part       integer  not null check (part >= 1),
    sealed     bytea    not null,
    pages      integer  not null check (pages > 0),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (academy, batch_id, part),
    foreign key (academy, batch_id) references preau.batch (academy, id) on delete cascade
);
create index document_by_expiry on preau.document (expires_at);

-- --------------------------------------------------------------------------------------- memory of what was done

create table preau.account_event (
    academy          smallint not null,
    account_id       bigint   not null,
    id               bigint   generated always as identity,
    at               timestamptz not null default now(),
    action           text     not null, -- the action's code of common/domain, or 'created', 'password_shown'
    administrator_id bigint references preau.administrator, -- null: the person, or the import
    actor            text     not null check (actor in ('administrator', 'person', 'import', 'operator')),
    detail           jsonb    not null default '{}',
    primary key (academy, account_id, id),
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade
);

create table preau.request_answer ( -- what a request that changed something was answered, for its repeats
    request_id uuid primary key,
    method     text  not null,
    answer     bytea not null,
    created_at timestamptz not null default now()
);
create index request_answer_by_age on preau.request_answer (created_at);

-- --------------------------------------------------------------------------------------- imports

create table preau.import_run (
    id           bigint generated always as identity primary key,
    academy      smallint not null references preau.academy,
    degree       smallint check (degree in (1, 2)),
    kind         text check (kind in ('complete', 'delta')),
    archive      text not null,
    digest       bytea not null check (length(digest) = 32), -- of the archive's bytes: the same one is not taken twice
    state        text not null check (state in ('running', 'applied', 'refused', 'failed')),
    generated_on date,
    started_at   timestamptz not null default now(),
    finished_at  timestamptz,
    counters     jsonb not null default '{}',
    refusal      text,
    explanation  text
);
create index import_run_by_academy on preau.import_run (academy, started_at);

create table preau.import_refusal (
    run_id    bigint  not null references preau.import_run on delete cascade,
    sequence  integer not null,
    file      text    not null,
    line      bigint  not null,
    category  text    not null,
    aaf_id    text,
    attribute text,
    code      text    not null,
    value     text, -- only where it is not personal
    primary key (run_id, sequence)
);

-- --------------------------------------------------------------------------------------- statistics

create table preau.statistics_day (
    day         date primary key,
    computed_at timestamptz not null
);

create table preau.statistics (
    day      date     not null references preau.statistics_day on delete cascade,
    academy  smallint not null,
    uai      text     not null,
    profile  preau.profile not null,
    state    preau.account_state not null,
    origin   preau.account_origin not null,
    accounts integer  not null check (accounts > 0),
    primary key (academy, uai, day, profile, state, origin)
);

-- --------------------------------------------------------------------------------------- who may do what

grant select on preau.academy, preau.school, preau.lifecycle_move
    to preau_import, preau_notify, preau_link, preau_stats, preau_portal, preau_ctl;
grant insert, update on preau.academy, preau.school to preau_import;

grant select, insert, update, delete on preau.person, preau.enrolment, preau.guardianship to preau_import;
grant select, insert, update on preau.account to preau_import;
grant select, insert on preau.identifier to preau_import;
grant insert on preau.credential, preau.account_event to preau_import;
grant select, insert, update on preau.import_run to preau_import;
grant select, insert on preau.import_refusal to preau_import;
grant usage on sequence preau.account_number to preau_import;

grant select on preau.person, preau.enrolment, preau.guardianship, preau.account, preau.administrator,
    preau.administrator_scope to preau_notify;
grant update (state, origin, password, email, email_confirmed_at, notified_at, notification_expires_at) on preau.account
    to preau_notify;
grant select, insert, update on preau.batch, preau.delivery to preau_notify;
grant select, insert, delete on preau.document to preau_notify;
grant select, update (sealed, hash, changed_at) on preau.credential to preau_notify;
grant select, insert on preau.account_event, preau.request_answer to preau_notify;
grant delete on preau.request_answer to preau_notify;
grant select, insert, update on preau.confirmation to preau_notify;
grant select, delete on preau.session to preau_notify; -- a reset ends the person's sessions
grant usage on sequence preau.batch_number, preau.delivery_number, preau.confirmation_number to preau_notify;

grant select on preau.person, preau.enrolment, preau.guardianship, preau.account to preau_link;
grant update (state, origin, password, email, email_confirmed_at, mobile, activated_at) on preau.account to preau_link;
grant select, update on preau.credential to preau_link;
grant select, insert, update on preau.confirmation to preau_link;
grant select, insert, update, delete on preau.attempt to preau_link;
grant select, insert, update on preau.administrator to preau_link;
grant select, insert, delete on preau.administrator_scope to preau_link;
grant select, insert, update on preau.delivery to preau_link;
grant select, insert on preau.account_event, preau.request_answer to preau_link;
grant delete on preau.request_answer to preau_link;
grant select, delete on preau.session to preau_link;
grant usage on sequence preau.delivery_number, preau.confirmation_number to preau_link;

grant select on preau.person, preau.enrolment, preau.guardianship, preau.account to preau_stats;
grant select, insert, update, delete on preau.statistics_day, preau.statistics to preau_stats;

grant select on preau.person, preau.enrolment, preau.guardianship, preau.account, preau.batch, preau.delivery,
    preau.account_event, preau.administrator_scope, preau.statistics_day, preau.statistics to preau_portal;
grant select (id, login, name, role, disabled_at, last_sign_in_at) on preau.administrator to preau_portal;
grant select, insert, update, delete on preau.session to preau_portal;

grant select on preau.import_run, preau.import_refusal to preau_ctl, preau_portal;
grant select on preau.account to preau_ctl;
grant select (id, login, name, role, disabled_at, created_at, last_sign_in_at) on preau.administrator to preau_ctl;
grant select on preau.administrator_scope to preau_ctl;
