-- An account that a school's reset takes back from whoever opened it half has no address until its person gives one (docs/decisions/0020).
alter table preau.account drop constraint account_half_open_has_address;
