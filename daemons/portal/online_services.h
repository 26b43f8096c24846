/* The online services of the configuration (section online_service), and which of them a desk shows. */
#pragma once

#include "domain/online_service.h"
#include "portal/visit.h"
#include "runtime/config.h"
#include "runtime/fault.h"
#include "template/template.h"

struct online_services;

/* Faults: CONFIG, with the section and the key that is wrong, and what to write. */
MUST_USE bool online_services_read(
    const struct config *config, struct online_services **out_services, struct fault *fault);
void online_services_free(struct online_services **services);

/* A pupil on whose account a service may fit, with the name that a guardian with several is told. */
struct served_pupil {
    const char *prenom;
    const struct schooling *places;
    size_t place_count;
};

/* Fills SERVICES of a desk's view; not shown when none fits. Who has several pupils is told for which, if not for all. */
void online_services_show(const struct visit *visit, struct view *body, enum account_profile profile,
    const struct served_pupil *pupils, size_t count);
