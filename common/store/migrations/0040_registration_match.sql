-- A school that gives a child back is to know whether a registration is being told the dates of the other children: by whom it may be of.
grant select on preau.registration_match to preau_notify;
