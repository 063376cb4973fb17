/* BLAKE2b (RFC 7693), by libsodium: hashes of trials and pseudonyms. */
#ifndef QUELL_BASE_DIGEST_H
#define QUELL_BASE_DIGEST_H

#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

enum { DIGEST_BYTES = 32, DIGEST_KEY_BYTES_MAX = 64 };

/* BLAKE2b-256 of the bytes. A key longer than DIGEST_KEY_BYTES_MAX is hashed first; empty: no key.
 */
void digest_bytes(struct str bytes, struct str key, uint8_t out[DIGEST_BYTES]);

/* The digest of several pieces, each with its length before it, so that "ab" + "c" and "a" + "bc"
 * differ: start from zeros, add each piece. */
void digest_add(uint8_t digest[DIGEST_BYTES], struct str piece);

#endif
