/* Inside this folder: the parts of the page of one account, each filled by a file of its own. */
#pragma once

#include "portal/visit.h"
#include "store/account_page.h"

/* What the page says beside the account itself. */
struct account_view {
    const char *password;    /* shown now; NULL: not asked for */
    enum refusal refusal;    /* of what was just asked */
    const char *typed_email; /* kept from a refused form; NULL: none */
    struct view *body;
    bool is_guardian;
    /* of the account, for what is filled after the call that lent it */
    struct stored_account stored;
    const char *address;                 /* where a notification goes; "" nowhere */
    bool address_is_anothers;            /* as well: nothing is sent there */
    bool has_contacts;                   /* an address or a mobile that was confirmed */
    const char *mobile;                  /* AAF's, as it is shown; "" none */
    const struct account_record *record; /* the first one */
    const char *elsewhere;               /* "1 enfant scolarisé dans…"; "" all go to this school */
};

/* account_identity.c: who, in what state, by what password, since when. */
void account_identity_fill(const struct visit *visit, const struct account_person *person);
/* account_contact.c: what AAF says and what the account holds; the mail that came back. */
void account_contact_fill(const struct visit *visit, const struct account_person *person);
/* "06 12 34 56 78"; "" stays "". In the visit's arena. */
const char *account_mobile(const struct visit *visit, const char *e164);
/* account_actions.c: what the forms about the account send, for each template that has some; the matrix of the guide's
 * section 3. */
void account_forms_fill(const struct visit *visit, struct view *view);
void account_actions_fill(const struct visit *visit);
/* account_help.c: the guide's table 2.2, of what can be the person's situation. children: of a guardian. */
void account_help_fill(const struct visit *visit, const struct account_relative *children, size_t count);
/* account_life.c */
void account_life_fill(const struct visit *visit, const struct account_happening *happenings, size_t count);
