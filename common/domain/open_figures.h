/*
 * Figures for everybody, which say of nobody anything: each count is told by the whole steps that are in it, and by nothing
 * else. What that holds, whoever adds up or compares whatever files there are:
 *
 * - Every number told, and every sum and difference of such numbers, is a multiple of the step: never 1 to step - 1.
 * - A count is told by its own step alone, not by other counts nor by earlier files. So whatever is known from all files together,
 *   each count of each day may still be any of `step` neighbours, independently of all others: no count, no remainder
 *   of a sum, no change from one day to another can be known closer than that.
 *
 * Sums are therefore for the reader to make, of what is told: a sum made of true counts would tell their remainders.
 */
#pragma once

#include <stdint.h>

enum { OPEN_FIGURES_STEP = 10 }; /* fewer accounts than that are told as 0 */

/* accounts: not negative. */
int64_t open_figure(int64_t accounts);
