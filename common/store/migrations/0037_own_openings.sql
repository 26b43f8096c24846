-- Who opens an account without the school, by SMS, FranceConnect, an ENT or ATEN, is told so where the school would have notified: the identifier is
-- not only on a page that was closed, and a person whom a stranger passed for learns of it.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                        'accounts_joined', 'accounts_separated', 'account_opened'));
grant execute on function preau.account_address to preau_link;
