/* Prints the moves of the life cycle as the migration that the database's trigger reads: a test compares it with the
 * committed one, so that the rules of the code and those of the database cannot part. */
#include "domain/lifecycle.h"

#include <stdio.h>

int main(void)
{
    struct lifecycle_move moves[LIFECYCLE_MOVES_MAX];
    size_t count = lifecycle_moves(moves);
    puts("-- Made by lifecycle-moves from the table of common/domain/lifecycle_table.c.");
    puts("insert into preau.lifecycle_move (profile, from_state, from_origin, to_state, to_origin) values");
    for (size_t i = 0; i < count; i++) {
        printf("    ('%s', '%s', '%s', '%s', '%s')%s\n", profile_code(moves[i].profile),
            state_code(moves[i].from_state), origin_code(moves[i].from_origin), state_code(moves[i].to_state),
            origin_code(moves[i].to_origin), i + 1 < count ? "," : ";");
    }
    return 0;
}
