"""The rows that an import made, copied into the same tables as plainly as PostgreSQL can: COPY FROM files of the server.

All in one transaction, as the import; the tables are those of the schema with all their indexes, constraints and triggers.
"""

import graphlib
import time

TABLES = """
select c.relname, array(select r.relname from pg_constraint f join pg_class r on r.oid = f.confrelid
                         where f.conrelid = c.oid and f.contype = 'f' and r.oid <> c.oid)
  from pg_class c
 where c.relnamespace = 'preau'::regnamespace and c.relkind = 'r'"""


def tables(connection):
    """Those of the schema, each after those that it refers to."""
    needs = {name: set(referred) for name, referred in connection.execute(TABLES)}
    return list(graphlib.TopologicalSorter(needs).static_order())


def count(connection, table):
    return connection.execute(f"select count(*) from preau.{table}").fetchone()[0]


class BareCopy:
    def __init__(self, folder, before, after):
        """Takes the rows of `after` (a connection) whose tables hold none in `before`. folder: the server writes to it."""
        self.folder = folder
        self.rows = {table: count(after, table) for table in tables(after) if count(before, table) == 0}
        self.rows = {table: rows for table, rows in self.rows.items() if rows > 0}
        for table in self.rows:
            after.execute(f"copy preau.{table} to '{folder / table}'")

    def run(self, connection):
        """{table: seconds}, and those of the commit."""
        took = {}
        with connection.transaction():
            for table in self.rows:
                start = time.monotonic()
                connection.execute(f"copy preau.{table} from '{self.folder / table}'")
                took[table] = time.monotonic() - start
            start = time.monotonic()
        took["commit"] = time.monotonic() - start
        return took
