-- A reset by a school is told wherever the account may be of, as the person's own changes are.
grant execute on function preau.account_addresses to preau_notify;
