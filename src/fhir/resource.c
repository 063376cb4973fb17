#define _GNU_SOURCE /* memrchr */
#include "fhir/reader_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <xxhash.h>

struct matched {
    uint64_t filters;
    struct str waits_for; /* id of a Medication */
    struct str *codes;    /* demand->everything: "system|code" in the scratch arena */
    uint32_t code_count;
    uint32_t code_capacity;
};

struct str reader_text(struct reader *r, uint32_t place) {
    struct str text = json_text(&r->walk, place, &r->scratch);
    if (!text.at && !r->walk.error.words) {
        r->status = STATUS_NO_MEMORY;
    }
    return text;
}

static struct str text_of(struct reader *r, uint32_t place) {
    return place != NO_PLACE && json_at(&r->walk, place) == '"' ? reader_text(r, place) : STR_NONE;
}

uint32_t resource_member(const struct reader *r, struct str key) {
    for (uint32_t i = 0; i < r->member_count; i++) {
        if (str_equal(r->members[i].key, key)) {
            return r->members[i].value;
        }
    }
    return NO_PLACE;
}

uint32_t object_member(struct reader *r, uint32_t place, struct str key) {
    struct json_member m;
    if (place == NO_PLACE || json_at(&r->walk, place) != '{') {
        return NO_PLACE;
    }
    for (bool more = json_open(&r->walk, place, '{', &m); more; more = json_next(&r->walk, &m)) {
        if (str_equal(m.key, key)) {
            return m.value;
        }
    }
    return NO_PLACE;
}

static struct str path_head(struct str *path) {
    const char *dot = memchr(path->at, '.', path->len);
    struct str head = {path->at, dot ? (size_t)(dot - path->at) : path->len};
    *path = dot ? (struct str){dot + 1, path->len - head.len - 1} : STR_NONE;
    return head;
}

uint32_t resource_path(struct reader *r, struct str path) {
    uint32_t place = resource_member(r, path_head(&path));
    while (path.len && place != NO_PLACE) {
        struct json_member first;
        if (json_at(&r->walk, place) == '[') {
            place = json_open(&r->walk, place, '[', &first) ? first.value : NO_PLACE;
            continue;
        }
        place = object_member(r, place, path_head(&path));
    }
    return place;
}

/* Nothing follows the object whose members were listed. */
static bool ends_here(struct reader *r) {
    if (r->members_end + 1 == r->walk.marks.count) {
        return true;
    }
    r->walk.error.offset = r->walk.marks.at[r->members_end + 1];
    r->walk.error.words = "something follows the resource";
    return false;
}

/* Lists the members of the object. False: it is broken. */
static bool list_members(struct reader *r, uint32_t place) {
    struct json_member m;
    r->member_count = 0;
    for (bool more = json_open(&r->walk, place, '{', &m); more; more = json_next(&r->walk, &m)) {
        if (r->member_count == r->member_capacity) {
            uint32_t capacity = r->member_capacity * 2 + 64;
            struct json_member *grown = mem_resize(r->members, capacity, sizeof *grown);
            if (!grown) {
                r->status = STATUS_NO_MEMORY;
                return false;
            }
            r->members = grown;
            r->member_capacity = capacity;
        }
        r->members[r->member_count++] = m;
    }
    r->members_end = m.value;
    return !r->walk.error.words;
}

/* The contained resource that "#id" names. */
static uint32_t contained(struct reader *r, struct str id) {
    uint32_t list = resource_member(r, STR("contained"));
    struct json_member m;
    if (list == NO_PLACE || json_at(&r->walk, list) != '[') {
        return NO_PLACE;
    }
    for (bool more = json_open(&r->walk, list, '[', &m); more; more = json_next(&r->walk, &m)) {
        if (str_equal(text_of(r, object_member(r, m.value, STR("id"))), id)) {
            return m.value;
        }
    }
    return NO_PLACE;
}

/* Takes "Type/id" out of a relative or absolute reference, with or without a version; through the
 * Bundle's fullUrls first. False: it has another form. */
static bool split_reference(const struct reader *r, struct str ref, struct str *type,
                            struct str *id) {
    uint32_t index;
    if (map_find(&r->urls, ref, &index)) {
        ref = r->url_targets[index];
    }
    ref.len = str_find(ref, STR("/_history/"), 0);
    const char *slash = ref.len ? memrchr(ref.at, '/', ref.len) : NULL;
    if (!slash || slash + 1 == ref.at + ref.len) {
        return false;
    }
    *id = (struct str){slash + 1, (size_t)(ref.at + ref.len - slash - 1)};
    struct str before = {ref.at, (size_t)(slash - ref.at)};
    const char *other = before.len ? memrchr(before.at, '/', before.len) : NULL;
    *type = other ? (struct str){other + 1, (size_t)(slash - other - 1)} : before;
    return true;
}

static void add_owner(struct owners *owners, struct str id) {
    for (uint32_t i = 0; i < owners->count; i++) {
        if (str_equal(owners->ids[i], id)) {
            return;
        }
    }
    if (id.len && owners->count < OWNERS_MAX) {
        owners->ids[owners->count++] = id;
    }
}

/* A reference to a Patient: by type and id, "urn:uuid:" (which is the id when no Bundle entry says
 * otherwise), or contained. A contained patient has no identity outside its resource. */
static void owner_of_reference(struct reader *r, uint32_t place, struct owners *owners) {
    struct str ref = text_of(r, object_member(r, place, STR("reference")));
    struct str type, id;
    if (ref.len && ref.at[0] == '#') {
        struct str inner = {ref.at + 1, ref.len - 1};
        struct str kind = text_of(r, object_member(r, contained(r, inner), STR("resourceType")));
        if (str_equal(kind, STR("Patient"))) {
            id = arena_format(&r->scratch, "%.*s/%.*s#%.*s", STR_ARG(r->type), STR_ARG(r->id),
                              STR_ARG(inner));
            r->status = id.at ? r->status : STATUS_NO_MEMORY;
            add_owner(owners, id);
        }
    } else if (ref.len && split_reference(r, ref, &type, &id)) {
        if (str_equal(type, STR("Patient"))) {
            add_owner(owners, id);
        }
    } else if (str_starts(ref, STR("urn:uuid:")) || str_starts(ref, STR("urn:oid:"))) {
        size_t colon = (size_t)((const char *)memchr(ref.at + 4, ':', ref.len - 4) - ref.at);
        add_owner(owners, (struct str){ref.at + colon + 1, ref.len - colon - 1});
    }
}

/* Follows the rest of a compartment path, through arrays. Paths have at most three steps. */
static void follow(struct reader *r, uint32_t place, struct str path, struct owners *owners) {
    if (place == NO_PLACE) {
        return;
    }
    if (json_at(&r->walk, place) == '[') {
        struct json_member m;
        for (bool more = json_open(&r->walk, place, '[', &m); more;
             more = json_next(&r->walk, &m)) {
            if (json_at(&r->walk, m.value) == '{') {
                follow(r, m.value, path, owners);
            }
        }
    } else if (path.len) {
        struct str head = path_head(&path);
        follow(r, object_member(r, place, head), path, owners);
    } else {
        owner_of_reference(r, place, owners);
    }
}

static void find_owners(struct reader *r, uint16_t type, struct owners *owners) {
    const struct type_wants *wants = &r->wants->types[type];
    for (uint32_t i = 0; i < wants->path_count && !owners->count; i++) {
        struct str path = wants->paths[i];
        struct str head = path_head(&path);
        follow(r, resource_member(r, head), path, owners);
    }
}

static void match_codes(struct reader *r, const struct code_index *index, uint32_t place,
                        struct matched *out);

static void collect(struct reader *r, struct str system, struct str code, struct matched *out) {
    if (out->code_count == out->code_capacity) {
        uint32_t wanted = out->code_capacity * 2 + 8;
        struct str *grown = ARENA_ARRAY(&r->scratch, wanted, struct str);
        if (!grown) {
            r->status = STATUS_NO_MEMORY;
            return;
        }
        if (out->code_count) {
            memcpy(grown, out->codes, out->code_count * sizeof *grown);
        }
        out->codes = grown;
        out->code_capacity = wanted;
    }
    struct str key = arena_format(&r->scratch, "%.*s|%.*s", STR_ARG(system), STR_ARG(code));
    r->status = key.at ? r->status : STATUS_NO_MEMORY;
    out->codes[out->code_count++] = key;
}

static void match_code(struct reader *r, const struct code_index *index, struct str system,
                       struct str code, struct matched *out) {
    if (!r->wants->demand->everything) {
        out->filters |= wants_code(index, system, code);
    } else if (code.at) {
        collect(r, system.at ? system : STR(""), code, out);
    }
}

/* A Coding, or the members of a CodeableConcept. */
static void match_object(struct reader *r, const struct code_index *index, uint32_t place,
                         struct matched *out) {
    uint32_t codings = object_member(r, place, STR("coding"));
    if (codings != NO_PLACE) {
        match_codes(r, index, codings, out);
        return;
    }
    struct str code = text_of(r, object_member(r, place, STR("code")));
    if (code.len) {
        struct str system = text_of(r, object_member(r, place, STR("system")));
        match_code(r, index, system, code, out);
        return;
    }
    struct str ref = text_of(r, object_member(r, place, STR("reference")));
    struct str type, id;
    if (ref.len && ref.at[0] == '#') {
        uint32_t inner = contained(r, (struct str){ref.at + 1, ref.len - 1});
        uint32_t inner_code = object_member(r, inner, STR("code"));
        if (inner_code != NO_PLACE) {
            match_codes(r, index, inner_code, out);
        }
    } else if (ref.len && split_reference(r, ref, &type, &id)) {
        out->waits_for = str_equal(type, STR("Medication")) ? id : STR_NONE;
    } else if (str_starts(ref, STR("urn:uuid:"))) {
        out->waits_for = (struct str){ref.at + 9, ref.len - 9};
    }
}

/* Arrays hold no arrays in FHIR, and a contained Medication's code holds no reference: this calls
 * itself twice at most for well-formed data, and never deeper than the text nests. */
static void match_codes(struct reader *r, const struct code_index *index, uint32_t place,
                        struct matched *out) {
    struct json_member m;
    switch (json_at(&r->walk, place)) {
    case '[':
        for (bool more = json_open(&r->walk, place, '[', &m); more;
             more = json_next(&r->walk, &m)) {
            if (json_at(&r->walk, m.value) == '{') {
                match_object(r, index, m.value, out);
            } else if (json_at(&r->walk, m.value) == '"') {
                match_code(r, index, STR_NONE, reader_text(r, m.value), out);
            }
        }
        break;
    case '{':
        match_object(r, index, place, out);
        break;
    case '"':
        match_code(r, index, STR_NONE, reader_text(r, place), out);
        break;
    default:
        break;
    }
}

static struct matched match_filters(struct reader *r, uint16_t type) {
    const struct type_wants *wants = &r->wants->types[type];
    struct matched out = {.filters = wants->all_filters};
    for (uint32_t i = 0; i < wants->index_count; i++) {
        const struct code_index *index = &wants->indexes[i];
        for (uint32_t k = 0; k < index->key_count; k++) {
            uint32_t place = resource_member(r, index->keys[k]);
            if (place != NO_PLACE) {
                match_codes(r, index, place, &out);
            }
        }
    }
    return out;
}

/* Which bytes go in which order does not matter, only that equal sets are equal. */
static int compare_texts(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* The set as one text: sorted, each once, 0xFF between them, which is never a byte of UTF-8. */
static struct str join_codes(struct reader *r, struct matched *matched) {
    size_t length = 0, used = 0;
    for (uint32_t i = 0; i < matched->code_count; i++) {
        length += matched->codes[i].len + 1;
    }
    char *joined = length ? arena_new(&r->batch.arena, length, 1) : NULL;
    if (!joined) {
        r->status = length ? STATUS_NO_MEMORY : r->status;
        return STR("");
    }
    qsort(matched->codes, matched->code_count, sizeof *matched->codes, compare_texts);
    for (uint32_t i = 0; i < matched->code_count; i++) {
        struct str code = matched->codes[i];
        if (i && str_equal(code, matched->codes[i - 1])) {
            continue;
        }
        if (used) {
            joined[used++] = (char)0xFF;
        }
        memcpy(joined + used, code.at, code.len);
        used += code.len;
    }
    return (struct str){joined, used};
}

/* What resources that refer to this Medication pass because of its codes. */
static void tell_medication(struct reader *r, struct str id) {
    struct matched out = {0};
    uint32_t code = resource_member(r, STR("code"));
    if (r->wants->demand->everything) {
        static const struct code_index any = {0};
        if (code != NO_PLACE) {
            match_codes(r, &any, code, &out);
        }
        struct str joined = join_codes(r, &out);
        struct item *item = joined.len ? batch_add(r, ITEM_MEDICATION, id) : NULL;
        if (item) {
            item->codes = joined;
        }
        return;
    }
    for (uint16_t t = 0; t < model_type_count() && code != NO_PLACE; t++) {
        const struct type_wants *wants = &r->wants->types[t];
        for (uint32_t i = 0; wants->refers && i < wants->index_count; i++) {
            if (wants->indexes[i].may_refer) {
                match_codes(r, &wants->indexes[i], code, &out);
            }
        }
    }
    if (out.filters) {
        struct item *item = batch_add(r, ITEM_MEDICATION, id);
        if (item) {
            item->filters = out.filters;
        }
    }
}

static uint64_t version_number(struct str text) {
    uint64_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || n > UINT64_MAX / 10 - 9) {
            return 0;
        }
        n = n * 10 + (uint64_t)(text.at[i] - '0');
    }
    return n;
}

/* The bytes of the resource in hand. */
static struct str content(const struct reader *r, uint32_t place) {
    const char *text = r->walk.marks.text.at;
    uint32_t start = r->walk.marks.at[place], end = r->walk.marks.at[r->members_end] + 1;
    return (struct str){text + start, end - start};
}

/* A line that is one resource was hashed already. */
static uint64_t content_hash(const struct reader *r, uint32_t place) {
    struct str bytes = content(r, place);
    return bytes.len == r->walk.marks.text.len ? r->text_hash
                                               : XXH3_128bits(bytes.at, bytes.len).low64;
}

void resource_identify(struct reader *r, struct str id, struct build_resource *out) {
    struct id_key key = segment_id_key(id);
    struct row row = {0};
    segment_add_id(r->segment, &key, &row);
    out->segment = r->segment_number;
    out->id = row.id;
    out->id_flags = row.flags;
}

static void describe(struct reader *r, uint32_t place, uint16_t type, struct str id,
                     const struct entry_facts *facts, struct build_resource *out) {
    *out = (struct build_resource){.type = type, .updated = INSTANT_MIN};
    resource_identify(r, id, out);
    out->hash = content_hash(r, place);
    uint32_t meta = resource_member(r, STR("meta"));
    if (!version_last(r, object_member(r, meta, STR("lastUpdated")), &out->updated)) {
        out->updated = INSTANT_MIN;
    }
    out->version = version_number(text_of(r, object_member(r, meta, STR("versionId"))));
    if (facts->history) {
        out->history = true;
        out->updated = out->updated == INSTANT_MIN ? facts->updated : out->updated;
    }
}

static bool is_entered_in_error(struct reader *r) {
    struct str wrong = STR("entered-in-error");
    uint32_t status = resource_member(r, STR("status"));
    uint32_t verified = resource_path(r, STR("verificationStatus.coding.code"));
    return str_equal(text_of(r, status), wrong) || str_equal(text_of(r, verified), wrong);
}

/* One row, or two where it ended. */
static void make_rows(struct reader *r, uint32_t place, const struct matched *matched,
                      struct item_resource *item) {
    const struct build_resource *resource = &item->resource;
    struct versions v;
    version_times(r, resource->type, &v);
    struct row row = {.known_from = v.known_from,
                      .known_to = INSTANT_MAX,
                      .filters = matched->filters,
                      .source = r->source,
                      .type = resource->type,
                      .flags = v.flags};
    if (resource->history && resource->updated != INSTANT_MIN) {
        row.known_from = resource->updated;
        row.flags = ROW_HISTORY;
        v.end = INSTANT_MAX;
    }
    if (v.end != INSTANT_MAX) {
        struct row open = row;
        open.known_to = v.end;
        open.flags |= ROW_SPLIT;
        open.block = block_read_resource(r, place, resource->type, &v.edit);
        item->rows[item->row_count++] = open;
        row.known_from = v.end;
    }
    if (r->wants->demand->shapes[resource->type].whole) {
        r->raw = segment_add_text(r->segment, content(r, place));
        row.flags |= ROW_RAW;
    }
    row.block = block_read_resource(r, place, resource->type, NULL);
    item->rows[item->row_count++] = row;
    item->effective = v.effective;
}

static bool copy_texts(struct reader *r, const struct str *from, uint32_t count,
                       const struct str **out) {
    struct str *copies = ARENA_ARRAY(&r->batch.arena, (size_t)count + 1, struct str);
    bool ok = copies != NULL;
    for (uint32_t i = 0; ok && i < count; i++) {
        copies[i] = arena_copy(&r->batch.arena, from[i]);
        ok = copies[i].at != NULL;
    }
    r->status = ok ? r->status : STATUS_NO_MEMORY;
    *out = copies;
    return ok;
}

static void offer(struct reader *r, uint32_t place, struct str id,
                  const struct build_resource *resource, const struct owners *owners,
                  struct matched *matched) {
    struct item *item = batch_add(r, ITEM_RESOURCE, id);
    if (!item || !copy_texts(r, owners->ids, owners->count, &item->resource.owners)) {
        return;
    }
    struct item_resource *out = &item->resource;
    out->resource = *resource;
    out->owner_count = owners->count;
    out->is_entered_in_error = is_entered_in_error(r);
    out->resource.marks |= out->is_entered_in_error ? MARK_IN_ERROR : 0;
    out->codes = join_codes(r, matched);
    out->waits_for =
        matched->waits_for.len ? arena_copy(&r->batch.arena, matched->waits_for) : STR_NONE;
    make_rows(r, place, matched, out);
}

/* A version that no retrieve wants, of a resource whose other versions may be wanted: with it, what
 * they said ends. */
static void offer_end(struct reader *r, uint32_t place, uint16_t type, struct str id,
                      const struct entry_facts *facts) {
    struct item *item = batch_add(r, ITEM_RESOURCE, id);
    if (item) {
        describe(r, place, type, id, facts, &item->resource.resource);
        item->resource.resource.deleted = true;
    }
}

static void place_patient(struct reader *r, struct str id, struct owners *owners) {
    (void)batch_add(r, ITEM_PATIENT, id);
    add_owner(owners, id);
}

/* An id for a resource that has none: the uuid of its entry, else its content's hash. */
static struct str make_id(struct reader *r, uint32_t place, const struct entry_facts *facts) {
    if (str_starts(facts->full_url, STR("urn:uuid:"))) {
        return (struct str){facts->full_url.at + 9, facts->full_url.len - 9};
    }
    struct str id =
        arena_format(&r->scratch, "content-%016llx", (unsigned long long)content_hash(r, place));
    r->status = id.at ? r->status : STATUS_NO_MEMORY;
    return id;
}

static void read_known(struct reader *r, uint32_t place, uint16_t type,
                       const struct entry_facts *facts) {
    struct population_counts *counts = &r->batch.counts;
    struct str id = text_of(r, resource_member(r, STR("id")));
    struct owners owners = {.count = 0};
    if (!id.len) {
        id = make_id(r, place, facts);
    }
    r->type = model_type(type)->name;
    r->id = id;
    if (type == r->wants->patient && !r->status) {
        place_patient(r, id, &owners);
    }
    if (type == r->wants->medication && !r->status) {
        tell_medication(r, id);
    }
    struct matched matched = match_filters(r, type);
    if (r->status) {
        return;
    }
    if (!matched.filters && !matched.waits_for.len) {
        counts->not_wanted++;
        if (facts->history && r->wants->types[type].is_wanted) {
            offer_end(r, place, type, id, facts);
        }
        return;
    }
    bool is_outside = !r->wants->types[type].path_count && type != r->wants->patient;
    find_owners(r, type, &owners);
    if (!owners.count && !is_outside) {
        counts->without_patient++;
        reader_say(r, DIAG_DA0104, "%.*s/%.*s refers to no patient", STR_ARG(r->type), STR_ARG(id));
        if (!r->wants->demand->everything) {
            return;
        }
    }
    struct build_resource resource;
    describe(r, place, type, id, facts, &resource);
    resource.marks |= r->is_loose ? MARK_LOOSE : 0;
    resource.marks |= !owners.count && !is_outside ? MARK_NO_PATIENT : 0;
    offer(r, place, id, &resource, &owners, &matched);
}

void resource_read(struct reader *r, uint32_t place, const struct entry_facts *facts) {
    arena_reset(&r->scratch);
    struct population_counts *counts = &r->batch.counts;
    if (json_at(&r->walk, place) != '{') {
        reader_bad(r, DIAG_DA0101, "a JSON object is expected here");
        return;
    }
    if (!list_members(r, place) || (place == 0 && !ends_here(r)) ||
        (r->options->strict && !json_check(&r->walk, place))) {
        if (!r->status) {
            reader_bad(r, DIAG_DA0100, "%s", r->walk.error.words);
        }
        return;
    }
    struct str name = text_of(r, resource_member(r, STR("resourceType")));
    if (!name.len) {
        reader_bad(r, DIAG_DA0101, "the member resourceType is missing");
        return;
    }
    uint16_t type = model_find(STR("FHIR"), name);
    if (type == MODEL_NONE || !model_type(type)->is_resource || model_type(type)->is_abstract) {
        counts->unknown_type++;
        reader_say(r, DIAG_DA0102, "FHIR R4 has no resource type %.*s",
                   (int)(name.len < 64 ? name.len : 64), name.at);
        return;
    }
    r->is_loose = r->wants->demand->shapes[type].whole && !json_check(&r->walk, place);
    if (r->is_loose && !r->wants->demand->everything) {
        reader_bad(r, DIAG_DA0100, "%s", r->walk.error.words);
        return;
    }
    r->walk.error = (struct json_error){0};
    counts->resources++;
    read_known(r, place, type, facts);
    if (r->walk.error.words && !r->status) {
        reader_say(r, DIAG_DA0110, "%s; parts of the resource are left out", r->walk.error.words);
        r->walk.error = (struct json_error){0};
    }
    r->status = r->status ? r->status : r->segment->status;
}

void resource_again(struct reader *r, const struct fhir_known *known) {
    struct json_marks marks;
    struct json_error error = {0};
    arena_reset(&r->scratch);
    if (!json_scan(r->scanner, known->raw, &marks, &error)) {
        r->status = error.words ? STATUS_IO : STATUS_NO_MEMORY;
        return;
    }
    json_walk_init(&r->walk, &marks);
    if (json_at(&r->walk, 0) != '{' || !list_members(r, 0)) {
        r->status = r->status ? r->status : STATUS_IO;
        return;
    }
    r->type = model_type(known->resource.type)->name;
    r->id = known->id;
    struct matched matched = match_filters(r, known->resource.type);
    matched.filters |= known->filters;
    matched.waits_for = known->waits_for;
    struct owners owners = {.count = known->owner_count};
    for (uint32_t i = 0; i < owners.count; i++) {
        owners.ids[i] = known->owners[i];
    }
    struct build_resource resource = known->resource;
    resource_identify(r, known->id, &resource);
    if (!r->status && (matched.filters || matched.waits_for.len)) {
        offer(r, 0, known->id, &resource, &owners, &matched);
    }
    r->status = r->status ? r->status : r->segment->status;
}
