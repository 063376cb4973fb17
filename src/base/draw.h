/* Unpredictable draws that can be replayed: the ChaCha20 stream of a 256-bit seed, as libsodium's
 * randombytes_buf_deterministic gives it. For allocation, where nobody may guess the next arm.
 * (Simulated subjects use Philox instead: there speed matters and nobody guesses.)
 *
 * One secret seed gives any number of independent streams: each domain ("stratum:toulon") has its
 * own key, BLAKE2b-256 of the domain under the seed, so that what happens in one stratum never
 * changes another. */
#ifndef QUELL_BASE_DRAW_H
#define QUELL_BASE_DRAW_H

#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

enum { DRAW_SEED_BYTES = 32, DRAW_BLOCK_BYTES = 64 };

struct draw {
    uint8_t key[DRAW_SEED_BYTES];
    uint8_t block[DRAW_BLOCK_BYTES];
    uint32_t next_block;
    uint32_t used; /* bytes of block */
};

/* The stream of the seed itself. */
void draw_init(struct draw *draw, const uint8_t seed[DRAW_SEED_BYTES]);
/* The stream of a domain of the seed. */
void draw_init_domain(struct draw *draw, const uint8_t seed[DRAW_SEED_BYTES], struct str domain);

uint32_t draw_u32(struct draw *draw);
/* Uniform in 0 .. count - 1, by rejection: no modulo bias. count >= 1. */
uint32_t draw_below(struct draw *draw, uint32_t count);
/* Uniform in [0, 1), 53 bits. */
double draw_unit(struct draw *draw);

/* A fresh seed from the operating system; STATUS_IO when it has none to give. */
MUST_USE enum status draw_fresh_seed(uint8_t seed[DRAW_SEED_BYTES]);

#endif
