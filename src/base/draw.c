#include "base/draw.h"

#include "base/digest.h"

#include <assert.h>
#include <sodium.h>

static_assert((int)DRAW_SEED_BYTES == (int)DIGEST_BYTES, "a domain's key is a digest");
static_assert((int)DRAW_SEED_BYTES == crypto_stream_chacha20_ietf_KEYBYTES, "key");

void draw_init(struct draw *draw, const uint8_t seed[DRAW_SEED_BYTES]) {
    memcpy(draw->key, seed, DRAW_SEED_BYTES);
    draw->next_block = 0;
    draw->used = DRAW_BLOCK_BYTES;
}

void draw_init_domain(struct draw *draw, const uint8_t seed[DRAW_SEED_BYTES], struct str domain) {
    uint8_t key[DIGEST_BYTES];
    digest_bytes(domain, (struct str){(const char *)seed, DRAW_SEED_BYTES}, key);
    draw_init(draw, key);
    sodium_memzero(key, sizeof key);
}

/* One more block of what randombytes_buf_deterministic(key) would give; its nonce is this text. */
static void refill(struct draw *draw) {
    static const unsigned char nonce[crypto_stream_chacha20_ietf_NONCEBYTES + 1] = "LibsodiumDRG";
    memset(draw->block, 0, sizeof draw->block);
    (void)crypto_stream_chacha20_ietf_xor_ic(draw->block, draw->block, sizeof draw->block, nonce,
                                             draw->next_block, draw->key);
    draw->next_block++;
    draw->used = 0;
    assert(draw->next_block != 0); /* 256 GiB of one stream */
}

uint32_t draw_u32(struct draw *draw) {
    if (draw->used == DRAW_BLOCK_BYTES) {
        refill(draw);
    }
    const uint8_t *b = draw->block + draw->used;
    draw->used += 4;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

uint32_t draw_below(struct draw *draw, uint32_t count) {
    assert(count > 0);
    uint32_t unfair =
        (uint32_t)(-count) % count; /* 2^32 mod count: so many values are drawn again */
    uint32_t word;
    do {
        word = draw_u32(draw);
    } while (word < unfair);
    return word % count;
}

double draw_unit(struct draw *draw) {
    uint64_t high = draw_u32(draw) >> 5;
    uint64_t low = draw_u32(draw) >> 6;
    return (double)(high << 26 | low) * 0x1p-53;
}

enum status draw_fresh_seed(uint8_t seed[DRAW_SEED_BYTES]) {
    if (sodium_init() < 0) {
        return STATUS_IO;
    }
    randombytes_buf(seed, DRAW_SEED_BYTES);
    return STATUS_OK;
}
