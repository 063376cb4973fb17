/* What a fuzz target implements: the libFuzzer entry. It gets any bytes and must return 0; a broken
 * promise of the code under test aborts. */
#ifndef QUELL_TESTS_FUZZ_TARGET_H
#define QUELL_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
