/* What the files of preau-notifyd share: what was opened at its start. */
#pragma once

#include "crypto/key.h"
#include "runtime/daemon.h"

struct backlog;
struct bus_curve;
struct helper;
struct lister;
struct previewer;
struct progress;
struct health;
struct publisher;
struct reminder_watch;
struct returns;
struct sender;
struct service;
struct sheet_maker;
struct store;
struct subscriber;

struct notify {
    struct daemon_run *run; /* borrowed */
    struct store *store;
    struct key_ring *keys;
    struct bus_curve *curve;
    struct publisher *publisher;
    struct health *health;
    struct subscriber *wanted; /* delivery.wanted of linkd */
    struct service *service;
    struct sender *sender;
    struct helper *helper;
    struct returns *returns;
    struct sheet_maker *sheets;
    struct lister *lister;
    struct previewer *previewer;
    struct progress *progress;
    struct backlog *backlog;
    struct reminder_watch *reminders;
    bool is_stopping; /* what is told from now on is told to nobody */
};
