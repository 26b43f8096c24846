/* Runs of imports, for people and for programs. */
#pragma once

#include "ctl/output.h"
#include "import.pb-c.h"

json_t *import_run_json(const Preau__Import__Run *run);
/* One line. */
void import_run_print(const Preau__Import__Run *run);
/* "intégrée", "en cours (lecture, 62 %)" */
enum { IMPORT_STATE_SIZE = 64 };
void import_state_write(const Preau__Import__Run *run, char out_text[static IMPORT_STATE_SIZE]);
