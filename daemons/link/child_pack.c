#include "link/child_pack.h"

#include "runtime/memory.h"

static void child_pack(struct opening_person *child, Preau__Child *out_child)
{
    preau__child__init(out_child);
    out_child->academy = (uint32_t)child->academy.v;
    out_child->degree = (uint32_t)child->degree;
    out_child->aaf_id = child->aaf_id;
    out_child->prenom = child->prenom;
    out_child->nom = child->nom;
    out_child->school = child->school;
    out_child->class_ = child->class_label;
}

void children_pack(struct opening_person *people, size_t count, struct packed_children *out_packed)
{
    *out_packed = (struct packed_children){
        .children = checked_calloc(count + 1, sizeof(Preau__Child)),
        .list = checked_calloc(count + 1, sizeof(Preau__Child *)),
    };
    for (size_t i = 0; i < count; i++) {
        if (people[i].is_child) {
            Preau__Child *child = &out_packed->children[out_packed->count];
            child_pack(&people[i], child);
            out_packed->list[out_packed->count++] = child;
        }
    }
}

void packed_children_clear(struct packed_children *packed)
{
    memory_free(&packed->list);
    memory_free(&packed->children);
}
