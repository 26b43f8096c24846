/* A head's choice as a form brings it: an action and the accounts it is for. */
#pragma once

#include "portal/head_action.h"
#include "portal/kept.h"

struct chosen;
typedef void chosen_loaded(struct visit *visit, struct chosen *chosen);

struct chosen {
    const struct head_action *action;
    struct filter filter; /* of the list it comes from, to go back to */
    struct selection *selection;
    bool is_all;           /* that the filter finds, instead of a selection */
    int64_t batch;         /* that was made of it */
    bool is_of_a_list;     /* the form showed rows: what was ticked on other pages belongs to it */
    struct filter apart;   /* the list, with what was chosen apart from its ticks: selection 0 when nothing is */
    chosen_loaded *loaded; /* of chosen_load */
};

/* NULL with the refusal. Lives in the visit's arena. Selects the accounts of a confirmed preview (`comptes`); what is
 * ticked is for chosen_load, who knows what was ticked before. */
struct chosen *chosen_read(const struct visit *visit, enum refusal *out_refusal);

/* Completes the selection: what was ticked on other pages and on this one, or all that the filter finds; one account at
 * least. It becomes the visit's own. What is none leads back to the list; a refusal or a fault is answered to the browser
 * without asking. */
void chosen_load(struct visit *visit, struct chosen *chosen, chosen_loaded *loaded);
/* Back to the list, which says (note.h) that nothing is ticked. */
#define CHOSEN_NOTHING "rien"
void chosen_nothing(struct visit *visit, const struct chosen *chosen);

/* The school's place ("apercu", "envoi") with the list's filter, and of which profile it is; in the visit's arena. */
const char *chosen_href(const struct visit *visit, const struct chosen *chosen, const char *place);

/* The address that shows a choice that is loaded (preview.c), and what such an address says; NULL with the refusal. The
 * visit's own, in its arena; its selection is loaded by chosen_open. */
void chosen_go(struct visit *visit, struct chosen *chosen);
struct chosen *chosen_of_address(const struct visit *visit, enum refusal *out_refusal);
void chosen_open(struct visit *visit, struct chosen *chosen, chosen_loaded *loaded);

/* The accounts as the bus has them, in the visit's arena. */
Preau__AccountRef **chosen_refs(const struct visit *visit, const struct chosen *chosen);
/* "10-1,10-2", in the visit's arena. */
const char *chosen_text(const struct visit *visit, const struct chosen *chosen);
