# $info : ce que dit `pgbackrest info` ; $archive : ce que dit PostgreSQL, null s'il s'est tu. Un instant est en secondes depuis 1970 ; 0 : jamais.
def measure($name; $help; samples): "# HELP \($name) \($help)", "# TYPE \($name) gauge", samples;
def bit: if . then 1 else 0 end;
# une sauvegarde dont des pages étaient abîmées est gardée avec error : elle n'en est pas une bonne
def last(wanted): [.backup[] | select((.error | not) and (.type | wanted)) | .timestamp.stop] | max // 0;

($info[0] // {status: {code: 99}, backup: []}) as $stanza
# 2 : le dépôt répond, sans sauvegarde encore
| ($stanza.status.code == 0 or $stanza.status.code == 2) as $readable
| measure("preau_backup_looked_timestamp_seconds"; "When the backup was last looked at."; "preau_backup_looked_timestamp_seconds \(now | floor)"),
  measure("preau_backup_repository_readable"; "1 while pgBackRest reads each of its repositories, else 0.";
    "preau_backup_repository_readable \($readable | bit)"),
  (if $readable or ($stanza.backup | length) > 0 then
     measure("preau_backup_last_success_timestamp_seconds"; "End of the last backup without an error: of any type, and the last full one.";
       "preau_backup_last_success_timestamp_seconds{type=\"any\"} \($stanza | last(true))",
       "preau_backup_last_success_timestamp_seconds{type=\"full\"} \($stanza | last(. == "full"))")
   else empty end),
  ($archive | values
   | measure("preau_backup_wal_archiving"; "1 while PostgreSQL is told to archive its WAL, else 0."; "preau_backup_wal_archiving \(.archiving | bit)"),
     measure("preau_backup_wal_last_success_timestamp_seconds"; "When a WAL file was last archived."; "preau_backup_wal_last_success_timestamp_seconds \(.archived // 0)"),
     measure("preau_backup_wal_waiting_timestamp_seconds"; "Since when the oldest finished WAL file waits to be archived; 0: none does.";
       "preau_backup_wal_waiting_timestamp_seconds \(.waiting // 0)"))
