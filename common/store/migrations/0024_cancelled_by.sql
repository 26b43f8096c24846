-- Who cancelled a batch, for the lives of the accounts whose mail was in hand at that moment: its try decides later.
alter table preau.batch add column cancelled_by bigint references preau.administrator;
