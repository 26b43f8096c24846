/* Where the password of a role is, when the server is on another host: for the store itself, and for who examines an installation. */
#pragma once

/* DIRECTORY/ROLE, in libpq's own form, which libpq reads at each connection and only when nobody but its owner may read it: one file for all
 * daemons of a host, whose accounts differ, cannot be. The caller frees; NULL, and conninfo alone says it, without a directory or a role
 * (either may be NULL or ""). */
char *passfile_of(const char *directory, const char *role);
