/* The individual sheets of a batch: claimed part by part, kept sealed. */
#pragma once

#include "domain/account.h"
#include "domain/identifier.h"
#include "domain/name.h"
#include "domain/school.h"
#include "runtime/fault.h"
#include "store/audit.h"
#include "store/delivery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum { SHEET_CHILDREN_SIZE = 4096 };

/* One sheet that was claimed, with all that it shows. */
struct owed_sheet {
    struct delivery_ref delivery;
    account_id account; /* of the delivery's academy */
    bool is_closed;
    enum account_profile profile;
    bool is_opened; /* the person signed in once */
    enum password_kind password;
    struct instant password_expires_at;
    char login[IDENTIFIER_SIZE];
    unsigned char sealed[OWED_SEALED_MAX];
    size_t sealed_length;
    char nom[NAME_SIZE], prenom[NAME_SIZE];
    char class_label[CLASS_LABEL_SIZE]; /* of the pupil, or of the child who comes first */
    char children[SHEET_CHILDREN_SIZE]; /* one a line: first name, tab, class in this school or nothing */
};

/* A part to make; it has one sheet at least. */
struct owed_document {
    academy_code academy;
    batch_id batch;
    int part;
    char school[SCHOOL_NAME_SIZE], city[SCHOOL_NAME_SIZE];
    const struct owed_sheet *sheets;
    size_t count;
};

/* document: lent for the call; NULL when none is due, or with the fault. */
typedef void document_claimed(void *arg, const struct owed_document *document, const struct fault *fault);
void document_claim(
    struct store *store, int64_t pages_max, struct duration lease, document_claimed *claimed, void *arg);

struct document_made {
    academy_code academy;
    batch_id batch;
    int part;
    const struct delivery_ref *deliveries; /* one a page */
    size_t pages;
    const void *sealed;
    size_t sealed_length;
    struct duration kept_for;
};

/* Stores the part and ends its deliveries, or neither. */
void document_store(struct store *store, const struct document_made *made, delivery_recorded *recorded, void *arg);

struct document_found {
    bool is_waiting;             /* sheets of the batch are still to be made */
    int64_t others;              /* parts of it that are kept */
    const unsigned char *sealed; /* NULL: no such part */
    size_t sealed_length;
    int pages;
    char school[SCHOOL_NAME_SIZE];
    struct instant batch_created_at;
};

/* Remembers in the audit trail that the part was asked for. found: lent; NULL when the administrator has no such batch of sheets, or with the fault. */
typedef void document_loaded(void *arg, const struct document_found *found, const struct fault *fault);
void document_load(struct store *store, const struct audit_author *author, academy_code academy, const char *uai,
    batch_id batch, int part, document_loaded *loaded, void *arg);

void document_erase_old(struct store *store, delivery_recorded *erased, void *arg);
