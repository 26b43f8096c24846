/* A child as pages show it before its birth date was given: names, school, class, and no date. */
#pragma once

#include "store/opening.h"
#include "values.pb-c.h"

/* Texts are borrowed: protobuf-c's structs are not const. */
void child_pack(struct opening_person *child, Preau__Child *out_child);
