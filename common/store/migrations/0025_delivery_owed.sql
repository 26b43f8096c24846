-- What is owed, for those alone who look for what is due: said by a column that no statement names which finds its rows by their
-- numbers. The planner measures a partial index when the table is analyzed, and nothing is owed then: it would take the index for
-- empty, and read all that waits in order to find one row. A begun mail keeps its place in it, so that no index is written for that.
create index delivery_owed on preau.delivery (due_at) where done_at is null;
drop index preau.delivery_to_do;
