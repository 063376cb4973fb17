#include "course/pseudonym.h"

#include "base/digest.h"
#include "base/map.h"

void pseudonym_make(struct str trial_id, struct str key, struct str patient_id, bool is_long,
                    char out[PSEUDONYM_LONG_CHARS + 1]) {
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t digest[DIGEST_BYTES];
    digest_bytes(patient_id, key.len ? key : trial_id, digest);
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        bits = bits << 8 | digest[i];
    }
    size_t at = 0;
    out[at++] = 'S';
    for (int i = 0; i < (is_long ? 12 : 8); i++) {
        if (i % 4 == 0) {
            out[at++] = '-';
        }
        out[at++] = digits[bits >> (59 - 5 * i) & 31];
    }
    out[at] = '\0';
}

static struct str pseudonym(const struct pseudonym_input *input, struct str patient, bool is_long,
                            struct arena *arena) {
    char text[PSEUDONYM_LONG_CHARS + 1];
    pseudonym_make(input->trial_id, input->key, patient, is_long, text);
    return arena_copy(arena, str_from(text));
}

enum status pseudonyms_make(const struct population *population,
                            const struct pseudonym_input *input, struct arena *arena,
                            struct str **out) {
    uint32_t count = population_patients(population);
    struct str *names = ARENA_ARRAY(arena, (size_t)count + 1, struct str);
    struct str *ids = ARENA_ARRAY(arena, (size_t)count + 1, struct str);
    if (!names || !ids) {
        return STATUS_NO_MEMORY;
    }
    struct map seen;
    map_init(&seen);
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        struct record record;
        population_record(population, i, &record);
        ids[i] = record.patient_id;
        names[i] = pseudonym(input, ids[i], false, arena);
        uint32_t first = i;
        bool added = false;
        status = names[i].at ? map_add(&seen, names[i], &first, &added) : STATUS_NO_MEMORY;
        if (status == STATUS_OK && !added) {
            /* The map keeps the short text that it was given; names[first] may be long already. */
            names[i] = pseudonym(input, ids[i], true, arena);
            names[first] = pseudonym(input, ids[first], true, arena);
            status = names[i].at && names[first].at ? STATUS_OK : STATUS_NO_MEMORY;
        }
    }
    map_release(&seen);
    *out = names;
    return status;
}
