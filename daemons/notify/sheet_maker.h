/* The individual sheets that are owed: claimed part by part, made by a thread, sealed and stored. */
#pragma once

#include "notify/notify.h"

#include <stdbool.h>

struct sheet_maker;

/* Makes a first sheet to see that the fonts are there. Faults: CONFIG, LIBRARY. */
MUST_USE bool sheet_maker_new(struct notify *notify, struct sheet_maker **out_maker, struct fault *fault);
void sheet_maker_wake(struct sheet_maker *maker);
void sheet_maker_drain(struct sheet_maker *maker);
bool sheet_maker_is_idle(const struct sheet_maker *maker);
void sheet_maker_stop(struct sheet_maker *maker);  /* while the store is open */
void sheet_maker_free(struct sheet_maker **maker); /* after it was closed */

/* The place under which a part is sealed. */
enum { SHEET_PLACE_SIZE = 64 };
void sheet_place(int academy, long long batch, int part, char out_place[SHEET_PLACE_SIZE]);
