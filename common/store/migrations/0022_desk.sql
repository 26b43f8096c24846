-- The families' desk: another mail address, proved by a link before it counts; what the portal itself remembers of an account.

-- email_change: the link, to the new address. email_change_asked, email_changed: told to the addresses before and after.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset'));

-- Of a link that is worth as much as a password: when that was made, credential.changed_at then.
alter table preau.confirmation
    drop constraint confirmation_password_has_credential,
    add constraint confirmation_has_credential check ((purpose = 'activation') = (credential_at is null));

-- A new address that waits for its link: not used, not replaced, in its time, of an account that is active, and asked for with
-- the password that still stands: whoever replaces a password that a stranger knew takes back what the stranger asked for.
create view preau.pending_email as
select c.academy, c.account_id, c.id, c.email, c.created_at, c.expires_at
  from preau.confirmation c
  join preau.account a on (a.academy, a.id) = (c.academy, c.account_id)
  join preau.credential cr on (cr.academy, cr.account_id) = (c.academy, c.account_id)
 where c.purpose = 'email_change' and c.used_at is null and c.superseded_at is null and c.expires_at > now()
   and cr.changed_at = c.credential_at and a.state = 'active' and a.closed_at is null;
grant select on preau.pending_email to preau_link, preau_notify, preau_portal;
grant execute on function preau.notification_address to preau_link;

-- The portal faces the web: of its own accord it remembers of an account only what the person did with the portal's own tables.
create function preau.account_remember(of_academy smallint, of_account bigint, action text, detail jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if coalesce(action, '') not in ('sessions_ended', 'data_downloaded') then
        raise insufficient_privilege using message = 'not an event that the portal writes';
    end if;
    insert into preau.account_event (academy, account_id, action, actor, detail)
    values (of_academy, of_account, account_remember.action, 'person', account_remember.detail);
end $$;
revoke execute on function preau.account_remember from public;
grant execute on function preau.account_remember to preau_portal;
