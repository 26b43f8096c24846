/* What happens on an account, said to whom it belongs to. Pure. */
#pragma once

/* "Vous avez changé votre mot de passe", of an action of account_event. NULL: none that is known. */
const char *life_words(const char *action);
