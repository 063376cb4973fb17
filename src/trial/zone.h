/* The offset of local time, by the system's zone files (TZif, RFC 8536), without touching the
 * process's own time zone. */
#ifndef QUELL_TRIAL_ZONE_H
#define QUELL_TRIAL_ZONE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct zone;

/* Reads the zone of an IANA name. *out is NULL when there is no such zone or its file is broken. */
MUST_USE enum status zone_load(struct str name, struct arena *arena, const struct zone **out);
/* The same from the bytes of a TZif file; NULL in *out when they are none. */
MUST_USE enum status zone_parse(struct str bytes, struct arena *arena, const struct zone **out);
/* Minutes east of UTC at an instant (milliseconds since 1970-01-01T00:00Z), rounded toward zero for
 * the odd seconds of the 19th century. */
int16_t zone_offset_min(const struct zone *zone, int64_t instant_ms);
/* The next instant after this one at which the clock may be changed; INT64_MAX: never again. */
int64_t zone_next_change(const struct zone *zone, int64_t instant_ms);

#endif
