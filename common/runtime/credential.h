/* Files that systemd gives to a daemon at its start, whose account need not be able to read them where they come from (LoadCredential=,
 * systemd.exec(5)). The configuration names one as "credential:NAME". */
#pragma once

#include <stdbool.h>

/* NAME of "credential:NAME", inside the text; NULL: it says something else. */
const char *credential_name(const char *text);
/* May systemd give something of that name? */
bool credential_name_is_right(const char *name);

/* $CREDENTIALS_DIRECTORY; NULL: this process was given nothing. */
const char *credential_directory(void);
/* Where this process has what it was given under that name. The caller frees. NULL: it was given nothing. */
char *credential_path(const char *name);
/* The file is one that systemd made at the start of this process: its times say nothing of where it comes from. */
bool credential_is_at(const char *path);
