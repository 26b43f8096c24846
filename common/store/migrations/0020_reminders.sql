-- The reminder that a head may ask for: a mail ahead of the end of provisional passwords that the school handed out.

create table preau.reminder_choice ( -- who asked for it; whoever has no row is left in peace
    administrator_id bigint   primary key references preau.administrator on delete cascade,
    days_ahead       smallint not null check (days_ahead > 0),
    chosen_at        timestamptz not null default now()
);

-- What an administrator was told: passwords of a school that end on a day. Gone once the day is over.
create table preau.reminder_told (
    administrator_id bigint   not null references preau.administrator on delete cascade,
    academy          smallint not null,
    uai              text     not null,
    profile          preau.profile not null,
    day              date     not null,
    primary key (administrator_id, academy, uai, profile, day)
);

create table preau.reminder_night ( -- nights that were seen through
    day         date primary key,
    finished_at timestamptz not null
);

-- A reminder is owed to an administrator: it stands among the other mails, and what it tells beside it, so that each try says
-- the same.
alter table preau.delivery
    alter column account_id drop not null,
    add column administrator_id bigint references preau.administrator on delete cascade,
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'password_reset', 'password_changed', 'reminder')),
    add constraint delivery_is_owed_to_one check ((account_id is null) <> (administrator_id is null)),
    add constraint delivery_reminder_whole
        check ((kind = 'reminder') = (administrator_id is not null) and (kind <> 'reminder' or channel = 'mail'));
create index delivery_by_administrator on preau.delivery (administrator_id, created_at) where administrator_id is not null;

create table preau.reminder_line ( -- how many accounts of a class, and on which day the first of their passwords ends
    academy        smallint not null, -- of the mail
    delivery_id    bigint   not null,
    place          integer  not null,
    school_academy smallint not null,
    uai            text     not null,
    profile        preau.profile not null,
    class          text     not null, -- "": of none
    accounts       integer  not null check (accounts > 0),
    first_day      date     not null,
    last_day       date     not null,
    primary key (academy, delivery_id, place),
    foreign key (academy, delivery_id) references preau.delivery (academy, id) on delete cascade
);

-- Reminders that ended before: notifyd may erase no other mail.
create function preau.reminder_erase(before timestamptz) returns void language sql
    security definer set search_path = pg_catalog, pg_temp
    begin atomic
        delete from preau.delivery d where d.administrator_id is not null and d.done_at < before;
    end;
revoke execute on function preau.reminder_erase from public;
grant execute on function preau.reminder_erase to preau_notify;

grant select, insert, update, delete on preau.reminder_choice to preau_notify;
grant select, insert, delete on preau.reminder_told to preau_notify;
grant select, insert, update, delete on preau.reminder_night to preau_notify;
grant select, insert on preau.reminder_line to preau_notify;
grant select on preau.school_member to preau_notify;
grant select on preau.reminder_choice to preau_portal;
