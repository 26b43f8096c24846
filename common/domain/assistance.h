/*
 * When a family calls: what can be done for it (guide 2.1 and 2.2), by what its account is. One table, one pure function.
 */
#pragma once

#include "domain/account.h"

/* The rows of the guide's table 2.2, in its order, after the one of 2.1 that concerns one person. */
enum situation {
    SITUATION_NOT_NOTIFIED, /* 2.1: has received nothing yet */
    SITUATION_LINK_LOST,    /* does not find the desk any more */
    SITUATION_IDENTIFIER_LOST,
    SITUATION_PROVISIONAL_LOST, /* the password that was handed out */
    SITUATION_CHOSEN_LOST,      /* the one that the person chose */
    SITUATION_ACTIVATION_LOST,  /* the mail whose link ends the activation */
    SITUATION_EMAIL_CHANGED,
    SITUATION_BIRTH_DATE_REFUSED,
    SITUATION_MOBILE_UNKNOWN_SMS,    /* opening by SMS knows no such mobile */
    SITUATION_MOBILE_UNKNOWN_FRANCE, /* nor does FranceConnect */
    SITUATION_COUNT
};

enum assistance {
    ASSISTANCE_NONE, /* cannot be the person's situation */
    ASSISTANCE_NOTIFY,
    ASSISTANCE_NOTIFY_AGAIN,
    ASSISTANCE_TELL_IDENTIFIER,      /* or notify again */
    ASSISTANCE_SHOW_PASSWORD,        /* or notify again */
    ASSISTANCE_RENEW,                /* notify again: the password is not valid any more */
    ASSISTANCE_RESET_AND_NOTIFY,     /* in one step */
    ASSISTANCE_RESEND,               /* the activation mail */
    ASSISTANCE_RESEND_ELSEWHERE,     /* to the new address */
    ASSISTANCE_EMAIL_AT_OPENING,     /* the person gives it at the first sign-in */
    ASSISTANCE_EMAIL_AT_DESK,        /* the person changes it there */
    ASSISTANCE_CORRECT_EMAIL,        /* at the source: the account takes it from there */
    ASSISTANCE_CORRECT_CHILD_DATES,  /* at the source, of the children */
    ASSISTANCE_CORRECT_OWN_DATE,     /* at the source, of the pupil */
    ASSISTANCE_CORRECT_MOBILE,       /* at the source; then SMS */
    ASSISTANCE_CORRECT_MOBILE_FRANCE /* at the source; then FranceConnect */
};

/* Total: a closed account has no situation. */
enum assistance assistance_for(const struct account *account, enum situation situation, struct instant now);

/* "Perte de son identifiant": the guide's words. */
const char *situation_label(enum situation situation);
/* Stable, for addresses within a page and for tests. */
const char *situation_code(enum situation situation);
