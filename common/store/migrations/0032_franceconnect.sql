-- FranceConnect (guide 1.1, first scheme): an identity that vouches for a guardian, linked to one account after a mobile, a code by SMS
-- and the birth date of each child; then one click signs in.

-- An account has one identity at most, and an identity one account. What FranceConnect tells is not kept, but for the name that
-- it gives the person here (sub), which is no one else's and says nothing.
create table preau.franceconnect_identity (
    academy    smallint not null,
    account_id bigint   not null,
    issuer     text     not null,
    subject    text     not null check (octet_length(subject) between 1 and 255),
    linked_at  timestamptz not null default now(),
    primary key (academy, account_id),
    unique (issuer, subject),
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade
);
grant select, insert, update, delete on preau.franceconnect_identity to preau_link;
grant select on preau.franceconnect_identity to preau_portal;

-- A family's browser has one random for all its ways to FranceConnect: what ends the session there is that of the last.
grant update on preau.provider_session to preau_link;

-- A registration whose names FranceConnect vouches for begins without a mobile: that is asked for next, once, for the code is made
-- from the registration. A person has several names: each of those at birth or in use, with each of the given names that may be the usual one.
alter table preau.registration
    alter column mobile drop not null,
    add column also_named text[] not null default '{}',
    add column issuer text,
    add column subject text,
    drop constraint registration_state_check,
    add constraint registration_state_check
        check (state in ('vouched', 'waiting', 'sent', 'nobody', 'flooded', 'failed', 'proven', 'confirmed')),
    add constraint registration_vouched_wants_mobile check ((state = 'vouched') = (mobile is null)),
    add constraint registration_vouched_has_identity check ((issuer is null) = (subject is null) and (state <> 'vouched' or subject is not null));

create or replace view preau.registration_record as
select r.id as registration, p.academy, p.degree, p.aaf_id, p.account_academy, p.account_id
  from preau.registration r
 cross join lateral (
        select q.* from preau.person q
         where q.mobile = r.mobile and q.profile = 'responsable' and q.departed_at is null
           and replace(q.search_name, ' ', '') = any (r.also_named || r.match_name)
           and not exists (select from preau.account_merge u
                            where (u.academy, u.degree, u.aaf_id) = (q.academy, q.degree, q.aaf_id) and u.undone_at is not null)
        offset 0) p -- by the mobile, and never the other way round
  join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) and a.closed_at is null;

-- Told by mail, as other changes of how one signs in are.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked'));
