-- The last number given to an identifier's base (j.dupont, j.dupont1, ...) in one probe: the import asks it for every new
-- account at once. A base never ends in a digit (common/domain/identifier.h).
create index identifier_by_base on preau.identifier (rtrim(login, '0123456789'), length(login), login);
