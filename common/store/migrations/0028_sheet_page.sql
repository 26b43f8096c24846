-- Where a sheet stands in its batch: which document holds it, which page it is of all. Kept with what it is owed for, so that what
-- is made anew, or later, takes numbers that no other sheet has, and that an erased document is known to have been.
alter table preau.delivery
    add column part integer check (part >= 1),
    add column page integer check (page >= 1);

-- Of batches before, whose documents did not say which sheet is where, the numbers that were given are known, not to whom.
update preau.delivery d
   set page = n.page
  from (select academy, id, row_number() over (partition by batch_academy, batch_id order by done_at, id) as page
          from preau.delivery
         where channel = 'sheet' and state = 'sent') n
 where d.academy = n.academy and d.id = n.id;
