-- Families help themselves: identifier or password forgotten, activation link lost, a guardian who helps a child.

-- What was asked from the sign-in page, by whomever: answered before anybody is looked for, so that neither the words nor the
-- time of the answer tell whether there is such a person. notifyd looks, owes the mails and takes the row away, all at once.
create table preau.help_request (
    id         bigint generated always as identity primary key,
    request_id uuid not null unique, -- a double click asks once
    wanted     text not null check (wanted in ('identifier', 'password', 'activation')),
    subject    text not null check (octet_length(subject) <= 254), -- the address that was typed, or the identifier
    known      boolean not null, -- by a browser where the person of this identifier signed in before
    asked_at   timestamptz not null default now()
);
grant insert on preau.help_request to preau_link;
grant select, delete on preau.help_request to preau_notify;

-- Several accounts may have one address, and people write it with other capitals.
create index account_by_confirmed_address on preau.account (lower(email)) where email_confirmed_at is not null;

-- A link to another password is as good as the one that it is to replace.
alter table preau.confirmation
    drop constraint confirmation_purpose_check,
    add constraint confirmation_purpose_check check (purpose in ('activation', 'email_change', 'password')),
    add column credential_at timestamptz, -- credential.changed_at then
    add constraint confirmation_password_has_credential check ((purpose = 'password') = (credential_at is not null));

alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'password_reset', 'password_changed',
                        'reminder', 'forgotten_identifier', 'forgotten_password', 'not_opened', 'guardian_reset'));

alter table preau.account_event
    drop constraint account_event_actor_check,
    add constraint account_event_actor_check check (actor in ('administrator', 'person', 'import', 'operator', 'guardian'));

-- Which pupils' accounts a guardian's account is attached to today: whom a guardian may help. The one place that says it.
create view preau.attached_pupil as
select distinct r.account_academy as guardian_academy, r.account_id as guardian_id,
       p.account_academy as academy, p.account_id as id
  from preau.person r
  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
 where r.profile = 'responsable' and p.profile = 'eleve' and r.departed_at is null and p.departed_at is null
   and r.account_id is not null and p.account_id is not null;
grant select on preau.attached_pupil to preau_link, preau_portal;

-- A guardian's reset makes the validity of the provisional password run anew, as the school's does.
grant update (notification_expires_at) on preau.account to preau_link;
grant select on preau.school_account to preau_link;
