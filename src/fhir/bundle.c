#include "fhir/reader_internal.h"

#include <xxhash.h>

/* Bundles inside Bundles. */
enum { BUNDLE_DEPTH_MAX = 4 };

static struct str raw_text(struct reader *r, uint32_t place) {
    return place != NO_PLACE && json_at(&r->walk, place) == '"' ? json_raw(&r->walk, place)
                                                                : STR_NONE;
}

static bool is_bundle(struct reader *r, uint32_t place) {
    return str_equal(raw_text(r, object_member(r, place, STR("resourceType"))), STR("Bundle"));
}

/* Remembers that the entry's fullUrl means its resource. */
static void remember_url(struct reader *r, uint32_t entry, uint32_t *capacity) {
    struct str url = raw_text(r, object_member(r, entry, STR("fullUrl")));
    uint32_t resource = object_member(r, entry, STR("resource"));
    struct str type = raw_text(r, object_member(r, resource, STR("resourceType")));
    struct str id = raw_text(r, object_member(r, resource, STR("id")));
    if (!url.len || !type.len || !id.len || r->status) {
        return;
    }
    uint32_t index = r->urls.count;
    if (index == *capacity) {
        uint32_t wanted = *capacity * 2 + 64;
        struct str *grown = ARENA_ARRAY(&r->bundle, wanted, struct str);
        if (!grown) {
            r->status = STATUS_NO_MEMORY;
            return;
        }
        if (index) {
            memcpy(grown, r->url_targets, index * sizeof *grown);
        }
        r->url_targets = grown;
        *capacity = wanted;
    }
    bool added;
    r->status = map_add(&r->urls, url, &index, &added);
    if (!r->status && added) {
        r->url_targets[index] = arena_format(&r->bundle, "%.*s/%.*s", STR_ARG(type), STR_ARG(id));
        r->status = r->url_targets[index].at ? STATUS_OK : STATUS_NO_MEMORY;
    }
}

/* A deletion in a history: only the request's url says of what. */
static void read_deletion(struct reader *r, uint32_t entry, struct entry_facts *facts) {
    uint32_t request = object_member(r, entry, STR("request"));
    struct str url = raw_text(r, object_member(r, request, STR("url")));
    const char *slash = url.len ? memchr(url.at, '/', url.len) : NULL;
    if (!slash ||
        !str_equal(raw_text(r, object_member(r, request, STR("method"))), STR("DELETE"))) {
        return;
    }
    struct str type = {url.at, (size_t)(slash - url.at)};
    struct str id = {slash + 1, url.len - type.len - 1};
    uint16_t number = model_find(STR("FHIR"), type);
    if (number == MODEL_NONE || !r->wants->types[number].is_wanted) {
        return;
    }
    struct build_resource resource = {.type = number,
                                      .history = true,
                                      .deleted = true,
                                      .updated = facts->updated,
                                      .hash = XXH3_64bits(url.at, url.len)};
    struct item *item = batch_add(r, ITEM_RESOURCE, id);
    if (item) {
        resource_identify(r, id, &resource);
        item->resource.resource = resource;
    }
}

static void read_object(struct reader *r, uint32_t place, const struct entry_facts *facts,
                        int depth);

static void read_entry(struct reader *r, uint32_t entry, bool history, int depth) {
    struct entry_facts facts = {.history = history, .updated = INSTANT_MIN};
    facts.full_url = raw_text(r, object_member(r, entry, STR("fullUrl")));
    uint32_t response = object_member(r, entry, STR("response"));
    if (history &&
        !version_last(r, object_member(r, response, STR("lastModified")), &facts.updated)) {
        facts.updated = INSTANT_MIN;
    }
    uint32_t resource = object_member(r, entry, STR("resource"));
    if (resource != NO_PLACE) {
        read_object(r, resource, &facts, depth);
    } else if (history) {
        read_deletion(r, entry, &facts);
    }
}

/* A Bundle inside a Bundle resolves its references by its own entries. */
static void read_bundle(struct reader *r, uint32_t place, int depth) {
    bool history = str_equal(raw_text(r, object_member(r, place, STR("type"))), STR("history"));
    uint32_t entries = object_member(r, place, STR("entry"));
    if (entries == NO_PLACE) {
        return;
    }
    struct json_member m;
    if (json_at(&r->walk, entries) != '[') {
        reader_bad(r, DIAG_DA0106, "the Bundle's entry is no array");
        return;
    }
    struct map outer_urls = r->urls;
    struct str *outer_targets = r->url_targets;
    map_init(&r->urls);
    r->url_targets = NULL;
    uint32_t capacity = 0;
    for (bool more = json_open(&r->walk, entries, '[', &m); more && !r->status;
         more = json_next(&r->walk, &m)) {
        remember_url(r, m.value, &capacity);
    }
    uint64_t number = 0;
    for (bool more = json_open(&r->walk, entries, '[', &m); more && !r->status;
         more = json_next(&r->walk, &m)) {
        number++;
        r->line = r->is_document && depth == 0 ? number : r->line;
        if (json_at(&r->walk, m.value) == '{') {
            read_entry(r, m.value, history, depth + 1);
            r->walk.error = (struct json_error){0};
        } else {
            reader_bad(r, DIAG_DA0106, "an entry of the Bundle is no object");
        }
    }
    if (r->walk.error.words) {
        reader_bad(r, DIAG_DA0106, "behind this entry: %s", r->walk.error.words);
    }
    map_release(&r->urls);
    r->urls = outer_urls;
    r->url_targets = outer_targets;
}

static void read_object(struct reader *r, uint32_t place, const struct entry_facts *facts,
                        int depth) {
    if (is_bundle(r, place)) {
        if (depth < BUNDLE_DEPTH_MAX) {
            read_bundle(r, place, depth);
        } else {
            reader_bad(r, DIAG_DA0106, "Bundles are nested too deeply");
        }
        return;
    }
    resource_read(r, place, facts);
}

static void say_broken(struct reader *r, struct str text, const struct json_error *error) {
    if (!error->words) {
        r->status = STATUS_NO_MEMORY;
        return;
    }
    size_t column = error->offset + 1u;
    if (r->is_document) {
        r->line = 1;
        for (uint32_t i = 0; i < error->offset && i < text.len; i++) {
            if (text.at[i] == '\n') {
                r->line++;
                column = error->offset - i;
            }
        }
    }
    reader_bad(r, DIAG_DA0100, "%s (byte %zu of the line)", error->words, column);
}

/* A sum does not tell in which order lines came. */
static void add_hash(struct reader *r, XXH128_hash_t hash) {
    uint64_t sum = r->batch.hash[0] + hash.low64;
    r->batch.hash[1] += hash.high64 + (sum < hash.low64);
    r->batch.hash[0] = sum;
}

void bundle_read(struct reader *r, struct str text) {
    XXH128_hash_t hash = XXH3_128bits(text.at, text.len);
    add_hash(r, hash);
    r->text_hash = hash.low64;
    if (!r->options->strict && !r->is_document && wants_skip(r->wants, text)) {
        r->batch.counts.not_read++;
        return;
    }
    struct json_marks marks;
    struct json_error error = {0};
    if (!json_scan(r->scanner, text, &marks, &error)) {
        say_broken(r, text, &error);
        return;
    }
    json_walk_init(&r->walk, &marks);
    /* A resource's own reader sees whether something follows it. */
    bool is_resource = json_at(&r->walk, 0) == '{' && !is_bundle(r, 0);
    if (!is_resource && !json_ends(&r->walk)) {
        error = r->walk.error;
        say_broken(r, text, &error);
        return;
    }
    arena_reset(&r->bundle);
    struct entry_facts none = {0};
    if (json_at(&r->walk, 0) != '[') {
        read_object(r, 0, &none, 0);
        return;
    }
    struct json_member m;
    uint64_t number = 0;
    for (bool more = json_open(&r->walk, 0, '[', &m); more && !r->status;
         more = json_next(&r->walk, &m)) {
        number++;
        r->line = r->is_document ? number : r->line;
        read_object(r, m.value, &none, 1);
        r->walk.error = (struct json_error){0};
    }
}
