/* What was done to an account, said to the head. Pure. */
#pragma once

/* "Mot de passe réinitialisé", of an action of account_event. NULL: none that is known. */
const char *account_deed(const char *action);
