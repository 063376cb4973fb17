#include "cohort/layout.h"

#include <xxhash.h>

size_t cohort_item_bytes(enum cohort_section_id section) {
    static const size_t bytes[] = {
#define SECTION(id, bytes, checked) bytes,
#include "cohort/sections.def"
    };
    return bytes[section];
}

bool cohort_is_checked(enum cohort_section_id section) {
    static const bool checked_at_once[] = {
#define SECTION(id, bytes, checked) checked,
#include "cohort/sections.def"
    };
    return checked_at_once[section];
}

enum cohort_section_id cohort_part_section(enum cohort_part part) {
    static const enum cohort_section_id sections[PARTS] = {
        [PART_ROWS] = SECTION_ROWS,   [PART_RESOURCES] = SECTION_RESOURCES,
        [PART_WORDS] = SECTION_WORDS, [PART_TEXTS] = SECTION_TEXT_ENDS,
        [PART_BYTES] = SECTION_BYTES, [PART_UUIDS] = SECTION_UUIDS,
    };
    return sections[part];
}

struct cohort_hash cohort_hash(const void *bytes, size_t count) {
    XXH128_hash_t hash = XXH3_128bits(count ? bytes : "", count);
    return (struct cohort_hash){hash.low64, hash.high64};
}

struct cohort_hash cohort_header_hash(const struct cohort_header *header) {
    struct cohort_header copy = *header;
    copy.hash[0] = copy.hash[1] = 0;
    return cohort_hash(&copy, sizeof copy);
}

uint64_t cohort_model(void) {
    uint64_t hash = 0;
    for (uint16_t t = 0; t < model_type_count(); t++) {
        const struct model_type *type = model_type(t);
        hash = XXH3_64bits_withSeed(type->name.len ? type->name.at : "", type->name.len, hash);
        for (uint16_t i = 0; i < type->element_count; i++) {
            struct str name = model_element(type->elements[i])->name;
            hash = XXH3_64bits_withSeed(name.at, name.len, hash + type->elements[i]);
        }
    }
    return hash;
}

bool cohort_leaves_out(uint16_t element) {
    const struct model_spec *spec = &model_element(element)->spec;
    struct str name = spec->choice_count ? STR("") : model_type(spec->type)->name;
    return str_equal(name, STR("xhtml")) || str_equal(name, STR("base64Binary"));
}

enum status cohort_demand(struct arena *arena, struct demand *out) {
    uint16_t types = model_type_count();
    struct shape *shapes = ARENA_ARRAY(arena, types, struct shape);
    *out = (struct demand){.shapes = shapes, .everything = true, .wants_ids = true};
    for (uint16_t t = MODEL_SYSTEM_COUNT; shapes && t < types; t++) {
        const struct model_type *type = model_type(t);
        shapes[t].whole = type->is_resource;
        if (type->is_primitive) {
            continue;
        }
        uint16_t *elements = ARENA_ARRAY(arena, type->element_count, uint16_t);
        if (!elements) {
            return STATUS_NO_MEMORY;
        }
        uint16_t count = 0;
        for (uint16_t i = 0; i < type->element_count; i++) {
            uint16_t k = count;
            if (cohort_leaves_out(type->elements[i])) {
                continue;
            }
            for (count++; k > 0 && elements[k - 1] > type->elements[i]; k--) {
                elements[k] = elements[k - 1];
            }
            elements[k] = type->elements[i];
        }
        shapes[t].elements = elements;
        shapes[t].count = count;
    }
    return shapes ? STATUS_OK : STATUS_NO_MEMORY;
}
