-- The families' desk: a mobile of the person's own, proved by a code before it counts; who forgot identifier or password proves it
-- once more (docs/decisions/0033).

-- account.mobile was never written before this: it is the person's own, and AAF's stays in the record.
alter table preau.account
    add column mobile_confirmed_at timestamptz,
    add constraint account_confirmed_mobile check ((mobile is null) = (mobile_confirmed_at is null)) not valid;
grant update (mobile_confirmed_at) on preau.account to preau_link;

-- What an SMS is for. open: a registration (0026). mobile: a code to a number that a person gives at the desk of for_account. recovery: a code to
-- the number that one account confirmed. mobile_changed: tells the number before that it is the account's no more; it holds no code.
alter table preau.registration
    add column purpose text not null default 'open',
    add constraint registration_purpose_check check (purpose in ('open', 'mobile', 'recovery', 'mobile_changed')) not valid,
    add constraint registration_at_desk_has_account check (purpose not in ('mobile', 'mobile_changed') or for_account is not null) not valid;

-- A number that waits for its code, of an account in use, and asked for with the password that still stands: whoever replaces a password that
-- a stranger knew takes back what the stranger asked for.
create view preau.pending_mobile as
select r.for_academy as academy, r.for_account as account_id, r.id, r.mobile, r.asked_at, r.expires_at
  from preau.registration r
  join preau.account a on (a.academy, a.id) = (r.for_academy, r.for_account)
  join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id) and c.changed_at = r.for_credential_at
 where r.purpose = 'mobile' and r.state in ('waiting', 'sent', 'flooded', 'failed') and r.expires_at > now()
   and a.state = 'active' and a.closed_at is null;
grant select on preau.pending_mobile to preau_link, preau_portal;

-- Whose account a recovery is of: the one in use that confirmed this number, of a person of this name. A number that another account confirmed
-- too is nobody's here: a code is of one account, and nothing that it opens may tell of the other. Since when it is theirs says for how long it counts.
create view preau.recovery_account as
select r.id as registration, a.academy, a.id, a.mobile_confirmed_at
  from preau.registration r
  join preau.account a on a.mobile = r.mobile and a.state = 'active' and a.closed_at is null
 where r.purpose = 'recovery'
   and exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null
                  and replace(p.search_name, ' ', '') = r.match_name)
   and not exists (select from preau.account o
                    where o.mobile = r.mobile and o.closed_at is null and (o.academy, o.id) <> (a.academy, a.id));
grant select on preau.recovery_account to preau_link;

-- After a stranger opened an account, a head forgets with the reset the address and the mobile that were confirmed: AAF's address counts again.
-- What notifyd does of it: the account without them, what they proved ended, the number told.
grant update (mobile, mobile_confirmed_at) on preau.account to preau_notify;
grant select, insert on preau.registration to preau_notify;
grant update (expires_at) on preau.registration to preau_notify;

-- mobile_changed: a number was confirmed at the desk, replaced or taken away. contacts_forgotten: told to the address before, whose it may not be,
-- and to the one that the school knows. As 0036 made it, but for these.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                        'accounts_joined', 'accounts_separated', 'account_opened', 'mobile_changed', 'contacts_forgotten')) not valid;

-- step: outside of a transaction
create index concurrently if not exists account_by_mobile on preau.account (mobile) where mobile is not null;
