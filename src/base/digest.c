#include "base/digest.h"

#include <assert.h>
#include <sodium.h>

void digest_bytes(struct str bytes, struct str key, uint8_t out[DIGEST_BYTES]) {
    uint8_t short_key[DIGEST_BYTES];
    if (key.len > DIGEST_KEY_BYTES_MAX) {
        digest_bytes(key, STR_NONE, short_key);
        key = (struct str){(const char *)short_key, sizeof short_key};
    }
    const unsigned char *input = (const unsigned char *)(bytes.at ? bytes.at : "");
    int failed = crypto_generichash_blake2b(out, DIGEST_BYTES, input, bytes.len,
                                            (const unsigned char *)key.at, key.len);
    assert(failed == 0);
    (void)failed;
}

void digest_add(uint8_t digest[DIGEST_BYTES], struct str piece) {
    crypto_generichash_blake2b_state state;
    unsigned char length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)((uint64_t)piece.len >> (8 * i));
    }
    (void)crypto_generichash_blake2b_init(&state, NULL, 0, DIGEST_BYTES);
    (void)crypto_generichash_blake2b_update(&state, digest, DIGEST_BYTES);
    (void)crypto_generichash_blake2b_update(&state, length, sizeof length);
    (void)crypto_generichash_blake2b_update(
        &state, (const unsigned char *)(piece.at ? piece.at : ""), piece.len);
    (void)crypto_generichash_blake2b_final(&state, digest, DIGEST_BYTES);
}
