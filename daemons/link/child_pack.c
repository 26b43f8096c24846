#include "link/child_pack.h"

void child_pack(struct opening_person *child, Preau__Child *out_child)
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
