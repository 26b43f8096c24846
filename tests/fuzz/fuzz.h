/* What every fuzzer offers, as libFuzzer wants it: never fails but by stopping the program. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Unlike assert, named so that what a fuzzer claims is told from what the code under it claims. */
#define FUZZ_CLAIM(condition) ((condition) ? (void)0 : abort())
