/* The ENT and ATEN by which an account is opened, as the families' pages offer them. */
#pragma once

#include "portal/visit.h"
#include "runtime/config.h"
#include "template/template.h"

struct ent_peers;

/* Of the configuration, in order of academies and labels. The config is borrowed. */
NEVER_NULL MUST_USE struct ent_peers *ent_peers_list(const struct config *config);
void ent_peers_free(struct ent_peers **peers);

bool ent_peers_are_any(const struct ent_peers *peers);
/* What families know it by; NULL: there is none of this name, or no more. */
const char *ent_peers_label(const struct ent_peers *peers, const char *name);
/* Each academy as ACADEMY, each of its peers as PEER. */
void ent_peers_show(const struct ent_peers *peers, struct view *body);
