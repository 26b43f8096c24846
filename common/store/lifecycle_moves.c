/* Prints the states, the origins and the moves of the life cycle, a line each: a test compares them with those of the migrated
 * database, so that the rules of the code and those of the database cannot part. */
#include "domain/lifecycle.h"

#include <stdio.h>

int main(void)
{
    struct lifecycle_move moves[LIFECYCLE_MOVES_MAX];
    size_t count = lifecycle_moves(moves);
    for (unsigned i = 0; i < STATE_COUNT; i++)
        printf("state %s\n", state_code((enum account_state)i));
    for (unsigned i = 0; i < ORIGIN_COUNT; i++)
        printf("origin %s\n", origin_code((enum account_origin)i));
    for (size_t i = 0; i < count; i++)
        printf("move %s %s %s %s %s\n", profile_code(moves[i].profile), state_code(moves[i].from_state),
            origin_code(moves[i].from_origin), state_code(moves[i].to_state), origin_code(moves[i].to_origin));
    return 0;
}
