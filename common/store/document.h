/* The individual sheets of a batch: claimed part by part, kept sealed. */
#pragma once

#include "domain/account.h"
#include "domain/identifier.h"
#include "domain/name.h"
#include "domain/school.h"
#include "runtime/fault.h"
#include "runtime/log.h"
#include "store/audit.h"
#include "store/delivery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum {
    SHEET_CHILDREN_SIZE = 4096,
    SHEET_CIVILITE_SIZE = 16,
    SHEET_POSTAL_CODE_SIZE = 16,
    SHEET_ADDRESS_SIZE = 256 /* no field of an address is kept longer */
};

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
    char civilite[SHEET_CIVILITE_SIZE], nom[NAME_SIZE], prenom[NAME_SIZE];
    /* as AAF gives it: lines parted by dollars, all "" when none is known */
    char adresse[SHEET_ADDRESS_SIZE], code_postal[SHEET_POSTAL_CODE_SIZE], ville[SHEET_ADDRESS_SIZE],
        pays[SHEET_ADDRESS_SIZE];
    char class_label[CLASS_LABEL_SIZE]; /* of the pupil, or of the child who comes first */
    char children[SHEET_CHILDREN_SIZE]; /* one a line: first name, tab, class in this school or nothing */
};

/* A sheet that is due, by its place in the order of printing. */
struct sheet_due {
    academy_code academy;
    delivery_id id;
    int64_t class; /* the same for sheets of one class */
    int64_t page; /* the numbers that no sheet and no document of the batch has, in their order, and not this sheet's */
    int part;
    char trace[LOG_REQUEST_SIZE]; /* the number of the request that owes it; "": none */
};

/* Sheets of one batch, one at least. */
struct batch_due {
    academy_code academy;
    batch_id batch;
    int64_t pages_all; /* of the batch: those that were made, and those to come */
    const struct sheet_due *sheets;
    size_t count;
};

/* due: lent for the call; NULL when no batch has sheets that are due, or with the fault. */
typedef void document_ordered(void *arg, const struct batch_due *due, const struct fault *fault);
void document_order(struct store *store, document_ordered *ordered, void *arg);

/* A part to make; it has one sheet at least. */
struct owed_document {
    academy_code academy;
    batch_id batch;
    char school[SCHOOL_NAME_SIZE], city[SCHOOL_NAME_SIZE];
    const struct owed_sheet *sheets;
    size_t count;
};

/* document: lent for the call; NULL when none of them is due, or with the fault. */
typedef void document_claimed(void *arg, const struct owed_document *document, const struct fault *fault);
void document_claim(
    struct store *store, const struct batch_due *part, struct duration lease, document_claimed *claimed, void *arg);

struct document_made {
    academy_code academy;
    batch_id batch;
    int part;
    const struct delivery_ref *deliveries; /* one a page */
    const int64_t *numbers;                /* of the pages */
    size_t pages;
    const void *sealed;
    size_t sealed_length;
    struct duration kept_for;
};

/* Stores the part and ends its deliveries, or neither. */
void document_store(struct store *store, const struct document_made *made, delivery_recorded *recorded, void *arg);

struct document_found {
    bool was_made;               /* the part, and erased since */
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
