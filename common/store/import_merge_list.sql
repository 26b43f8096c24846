-- Records that were given the account of another record of the same person.

-- :query import_merge_list
-- Merges, newest first, of the records of one academy or of all (0), with the identifiers of both accounts.
-- :role import
-- $1 academy integer
-- $2 limit bigint
select m.id, m.academy, m.degree, m.aaf_id, f.login as from_login, i.login as into_login, m.evidence, m.merged_at,
       m.undone_at, m.undone_by
  from preau.account_merge m
  left join preau.account f on (f.academy, f.id) = (m.from_academy, m.from_account)
  left join preau.account i on (i.academy, i.id) = (m.into_academy, m.into_account)
 where $1 = 0 or m.academy = $1
 order by m.id desc
 limit $2;
