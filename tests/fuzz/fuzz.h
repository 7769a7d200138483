/* tests/fuzz/fuzz.h - what a fuzz target defines; libFuzzer, or replay.c, calls it. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
#endif
