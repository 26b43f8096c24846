-- After a stranger opened an account, a head forgets with the reset the address and the mobile that were confirmed: AAF's address counts again
-- (docs/decisions/0033).

-- What notifyd does of it: the account without them, what they proved ended, the number told.
grant update (mobile, mobile_confirmed_at) on preau.account to preau_notify;
grant select, insert on preau.registration to preau_notify;
grant update (expires_at) on preau.registration to preau_notify;

-- contacts_forgotten: told to the address before, whose it may not be, and to the one that the school knows. As 0037 made it, but for that.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                        'accounts_joined', 'accounts_separated', 'account_opened', 'mobile_changed', 'contacts_forgotten')) not valid;
