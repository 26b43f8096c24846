/*
 * The audit trail's words: what it tells of (audit_action.def), what it tells besides (audit_detail.def), and who may
 * read it. Codes are stable, labels are French.
 */
#pragma once

#include "domain/administrator.h"

#include <stdbool.h>
#include <stddef.h>

enum audit_action {
#define AUDIT_ACTION(name, code, label) AUDIT_##name,
#include "domain/audit_action.def"
#undef AUDIT_ACTION
    AUDIT_ACTION_COUNT
};

const char *audit_action_code(enum audit_action action);
const char *audit_action_label(enum audit_action action);
/* False, and `out_action` untouched, when the code is unknown. */
bool audit_action_from_code(const char *code, enum audit_action *out_action);
/* The label; the code itself when it is none that this version knows: entries outlive versions. */
const char *audit_action_words(const char *code);

/* "par : courrier électronique"; an unknown key as it is. What does not fit is left out. */
enum { AUDIT_DETAIL_SIZE = 160 };
void audit_detail_write(const char *key, const char *value, char out_text[AUDIT_DETAIL_SIZE]);

/* True for those who answer for schools or for the whole: heads, assistance, operators. Whose entries: view
 * preau.audit_reader. An integrator's decisions stand in the reports of the deliveries. */
bool audit_role_reads(enum administrator_role role);
