-- Where a notification goes: the address that the person confirmed, else the one in AAF. The one place that says it, for
-- what is sent and for what the lists show. Null: nowhere.
create function preau.notification_address(account_email text, confirmed_at timestamptz, aaf_mail text) returns text
    language sql immutable parallel safe
    return case when confirmed_at is not null and account_email is not null then account_email else aaf_mail end;
revoke execute on function preau.notification_address from public;
grant execute on function preau.notification_address to preau_notify, preau_portal;

-- Two security notices: the school reset the password, or the person changed it.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'password_reset', 'password_changed'));
