/* Children as pages show them before their birth dates were given: names, school, class, and no date. */
#pragma once

#include "store/opening.h"
#include "values.pb-c.h"

/* Of a reply: list and count, as protobuf-c wants them. */
struct packed_children {
    Preau__Child **list;
    size_t count;
    Preau__Child *children; /* that the list points to */
};

/* Those among people who are children, in their order. Texts are borrowed: protobuf-c's structs are not const. */
void children_pack(struct opening_person *people, size_t count, struct packed_children *out_packed);
void packed_children_clear(struct packed_children *packed);
