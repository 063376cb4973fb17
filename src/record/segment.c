#include "record/segment.h"

#include "base/mem.h"

#include <string.h>
#include <xxhash.h>

enum { FIRST_CAPACITY = 64, UUID_TEXT = 36, RECENT_PARTS = 1 << 16 };

void segment_init(struct segment *segment) {
    *segment = (struct segment){0};
}

void segment_show(struct segment *segment, uint64_t epoch, uint64_t done) {
    segment->is_shown = true;
    segment->epoch = epoch;
    for (struct retired **at = &segment->retired; *at;) {
        struct retired *old = *at;
        if (old->epoch < done) {
            *at = old->next;
            mem_free(old->array);
            mem_free(old);
        } else {
            at = &old->next;
        }
    }
}

void segment_hide(struct segment *segment) {
    segment_show(segment, 0, UINT64_MAX);
    segment->is_shown = false;
}

void segment_release(struct segment *segment) {
    segment_hide(segment);
    if (!segment->is_mapped) {
        mem_free(segment->words);
        mem_free(segment->bytes);
        mem_free(segment->text_ends);
        mem_free(segment->uuids);
    }
    mem_free(segment->slots);
    mem_free(segment->recent);
    segment_init(segment);
}

/* Like mem_resize, but the old array stays for those who look at it. */
static void *grow_beside(struct segment *segment, void *old, uint64_t count, uint64_t wanted,
                         size_t size) {
    struct retired *retired = old ? mem_new(1, sizeof *retired) : NULL;
    void *grown = retired || !old ? mem_resize(NULL, (size_t)wanted, size) : NULL;
    if (!grown) {
        mem_free(retired);
        return NULL;
    }
    if (old) {
        memcpy(grown, old, (size_t)count * size);
        *retired = (struct retired){segment->retired, old, segment->epoch};
        segment->retired = retired;
    }
    return grown;
}

/* Room for `more` items behind `count`; a growth of a half keeps the waste small. */
static bool grow(struct segment *segment, void **items, uint64_t *capacity, uint64_t count,
                 uint64_t more, size_t size) {
    if (segment->status) {
        return false;
    }
    if (more <= *capacity - count) {
        return true;
    }
    uint64_t wanted = *capacity + *capacity / 2 + FIRST_CAPACITY;
    wanted = wanted < count + more ? count + more : wanted;
    /* Words are never looked at beside: replay compares ids alone. */
    bool beside = segment->is_shown && *items != segment->words;
    void *grown = wanted > SIZE_MAX ? NULL
                  : beside          ? grow_beside(segment, *items, count, wanted, size)
                                    : mem_resize(*items, (size_t)wanted, size);
    if (!grown) {
        segment->status = STATUS_NO_MEMORY;
        return false;
    }
    *items = grown;
    *capacity = wanted;
    return true;
}

static bool grow32(struct segment *segment, void **items, uint32_t *capacity, uint32_t count,
                   size_t size) {
    uint64_t wide = *capacity;
    if (count == UINT32_MAX - 1) {
        segment->status = STATUS_LIMIT;
    }
    if (!grow(segment, items, &wide, count, 1, size)) {
        return false;
    }
    *capacity = wide > UINT32_MAX ? UINT32_MAX : (uint32_t)wide;
    return true;
}

uint64_t segment_add_words(struct segment *segment, const uint64_t *words, uint64_t count) {
    if (!grow(segment, (void **)&segment->words, &segment->word_capacity, segment->word_count,
              count, sizeof *words)) {
        return 0;
    }
    uint64_t offset = segment->word_count;
    if (count) {
        memcpy(segment->words + offset, words, (size_t)count * sizeof *words);
    }
    segment->word_count += count;
    return offset;
}

uint64_t segment_share_words(struct segment *segment, const uint64_t *words, uint64_t count) {
    if (!segment->recent && !segment->status) {
        segment->recent = mem_new(RECENT_PARTS, sizeof *segment->recent);
        segment->status = segment->recent ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (segment->status) {
        return 0;
    }
    size_t bytes = (size_t)count * sizeof *words;
    uint32_t *recent = &segment->recent[XXH3_64bits(words, bytes) & (RECENT_PARTS - 1)];
    if (*recent + count <= segment->word_count &&
        memcmp(segment->words + *recent, words, bytes) == 0) {
        return *recent;
    }
    uint64_t offset = segment_add_words(segment, words, count);
    *recent = offset <= UINT32_MAX ? (uint32_t)offset : *recent;
    return offset;
}

uint64_t segment_add_decimal(struct segment *segment, i128 value, uint8_t scale) {
    uint64_t cell;
    if (cell_from_decimal(value, scale, &cell)) {
        return cell;
    }
    uint64_t words[3] = {scale, (uint64_t)value, (uint64_t)(value >> 64)};
    return cell_make(CELL_WIDE, segment_add_words(segment, words, 3));
}

uint64_t segment_add_datetime(struct segment *segment, const struct datetime *time) {
    uint64_t cell;
    if (cell_from_datetime(time, &cell)) {
        return cell;
    }
    uint64_t words[2] = {cell, (uint64_t)time->offset_min};
    return cell_make(CELL_TIMEWIDE, segment_add_words(segment, words, 2));
}

uint64_t segment_add_typed(struct segment *segment, uint16_t type, uint64_t cell) {
    uint64_t words[2] = {type, cell};
    return cell_make(CELL_TYPED, segment_add_words(segment, words, 2));
}

uint32_t segment_add_text(struct segment *segment, struct str text) {
    if (segment->text_count == 0) {
        if (!grow32(segment, (void **)&segment->text_ends, &segment->text_capacity, 0,
                    sizeof *segment->text_ends)) {
            return 0;
        }
        segment->text_ends[segment->text_count++] = 0;
    }
    if (!grow32(segment, (void **)&segment->text_ends, &segment->text_capacity, segment->text_count,
                sizeof *segment->text_ends) ||
        !grow(segment, (void **)&segment->bytes, &segment->byte_capacity, segment->byte_count,
              text.len, 1)) {
        return 0;
    }
    if (text.len) {
        memcpy(segment->bytes + segment->byte_count, text.at, text.len);
    }
    segment->byte_count += text.len;
    segment->text_ends[segment->text_count] = segment->byte_count;
    return segment->text_count++;
}

static uint64_t hash_of(struct str text) {
    return XXH3_64bits(text.len ? text.at : "", text.len);
}

static void place(struct segment *segment, uint32_t text, uint64_t hash) {
    uint32_t mask = segment->slot_count - 1;
    uint32_t i = (uint32_t)hash & mask;
    while (segment->slots[i]) {
        i = (i + 1) & mask;
    }
    segment->slots[i] = text;
}

/* Doubles the table at three quarters full. */
static bool make_room(struct segment *segment) {
    if (segment->slot_count && segment->interned < segment->slot_count / 4 * 3) {
        return true;
    }
    uint32_t *old = segment->slots;
    uint32_t old_count = segment->slot_count;
    if (old_count > UINT32_MAX / 2) {
        segment->status = STATUS_LIMIT;
        return false;
    }
    uint32_t count = old_count ? old_count * 2 : FIRST_CAPACITY;
    segment->slots = mem_new(count, sizeof *segment->slots);
    if (!segment->slots) {
        segment->slots = old;
        segment->status = STATUS_NO_MEMORY;
        return false;
    }
    segment->slot_count = count;
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i]) {
            place(segment, old[i], hash_of(segment_text(segment, old[i])));
        }
    }
    mem_free(old);
    return true;
}

uint32_t segment_intern(struct segment *segment, struct str text) {
    if (!text.len || segment->status || !make_room(segment)) {
        return 0;
    }
    uint64_t hash = hash_of(text);
    uint32_t mask = segment->slot_count - 1;
    for (uint32_t i = (uint32_t)hash & mask; segment->slots[i]; i = (i + 1) & mask) {
        if (str_equal(segment_text(segment, segment->slots[i]), text)) {
            return segment->slots[i];
        }
    }
    uint32_t number = segment_add_text(segment, text);
    if (number) {
        place(segment, number, hash);
        segment->interned++;
    }
    return number;
}

void segment_forget(struct segment *segment) {
    mem_free(segment->slots);
    segment->slots = NULL;
    segment->slot_count = segment->interned = 0;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_dash_place(size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

/* Only the lower-case form, so that the text can be given back as it was. */
static bool pack_uuid(struct str text, uint8_t out[16]) {
    if (text.len != UUID_TEXT) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < UUID_TEXT;) {
        if (is_dash_place(i)) {
            if (text.at[i++] != '-') {
                return false;
            }
            continue;
        }
        int high = hex_digit(text.at[i]), low = hex_digit(text.at[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[n++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    return true;
}

struct id_key segment_id_key(struct str id) {
    struct id_key key = {.text = id};
    key.is_uuid = pack_uuid(id, key.uuid);
    return key;
}

struct id_key segment_row_key(const struct segment *segment, const struct row *row) {
    bool is_uuid = (row->flags & ROW_ID_UUID) && row->id < segment->uuid_count;
    struct id_key key = {.is_uuid = is_uuid};
    if (key.is_uuid) {
        memcpy(key.uuid, segment->uuids[row->id], sizeof key.uuid);
    } else {
        key.text = segment_text(segment, row->id);
    }
    return key;
}

uint64_t segment_id_hash(const struct id_key *key) {
    return key->is_uuid ? XXH3_64bits(key->uuid, sizeof key->uuid) : hash_of(key->text);
}

bool segment_id_is(const struct segment *segment, const struct row *row, const struct id_key *key) {
    if ((row->flags & ROW_ID_UUID) && row->id < segment->uuid_count) {
        return key->is_uuid && memcmp(segment->uuids[row->id], key->uuid, sizeof key->uuid) == 0;
    }
    return !key->is_uuid && str_equal(segment_text(segment, row->id), key->text);
}

void segment_add_id(struct segment *segment, const struct id_key *key, struct row *row) {
    if (!key->is_uuid) {
        row->id = segment_add_text(segment, key->text);
        return;
    }
    if (grow32(segment, (void **)&segment->uuids, &segment->uuid_capacity, segment->uuid_count,
               sizeof *segment->uuids)) {
        memcpy(segment->uuids[segment->uuid_count], key->uuid, sizeof key->uuid);
        row->id = segment->uuid_count++;
        row->flags |= ROW_ID_UUID;
    }
}

struct str row_id(const struct segment *segment, const struct row *row, char out[ROW_ID_TEXT]) {
    static const char digits[] = "0123456789abcdef";
    if (!(row->flags & ROW_ID_UUID) || row->id >= segment->uuid_count) {
        return segment_text(segment, row->id);
    }
    const uint8_t *uuid = segment->uuids[row->id];
    for (size_t i = 0, n = 0; i < UUID_TEXT;) {
        if (is_dash_place(i)) {
            out[i++] = '-';
            continue;
        }
        out[i++] = digits[uuid[n] >> 4];
        out[i++] = digits[uuid[n++] & 15];
    }
    return (struct str){out, UUID_TEXT};
}

int row_compare_ids(const struct segment *const *segments, const struct row *a,
                    const struct row *b) {
    const struct segment *of_a = segments[a->segment], *of_b = segments[b->segment];
    if ((a->flags & b->flags & ROW_ID_UUID) && a->id < of_a->uuid_count &&
        b->id < of_b->uuid_count) {
        return memcmp(of_a->uuids[a->id], of_b->uuids[b->id], 16);
    }
    char x[ROW_ID_TEXT], y[ROW_ID_TEXT];
    return str_compare(row_id(of_a, a, x), row_id(of_b, b, y));
}

struct str segment_text(const struct segment *segment, uint32_t text) {
    if (!text || text >= segment->text_count) {
        return STR("");
    }
    uint64_t start = segment->text_ends[text - 1], end = segment->text_ends[text];
    bool ok = start <= end && end <= segment->byte_count;
    return ok ? (struct str){segment->bytes + start, (size_t)(end - start)} : STR("");
}

struct str segment_source_name(const struct segment *segment, uint32_t source) {
    return source < segment->source_count ? segment->sources[source] : STR("");
}

static void trim(void **items, uint64_t count, size_t size) {
    void *smaller = count ? mem_resize(*items, (size_t)count, size) : NULL;
    if (smaller) {
        *items = smaller;
    }
}

void segment_trim(struct segment *segment) {
    if (segment->is_mapped) {
        return;
    }
    trim((void **)&segment->words, segment->word_count, sizeof *segment->words);
    trim((void **)&segment->bytes, segment->byte_count, 1);
    trim((void **)&segment->text_ends, segment->text_count, sizeof *segment->text_ends);
    trim((void **)&segment->uuids, segment->uuid_count, sizeof *segment->uuids);
    mem_free(segment->recent);
    segment->recent = NULL;
    segment->word_capacity = segment->word_count;
    segment->byte_capacity = segment->byte_count;
    segment->text_capacity = segment->text_count;
    segment->uuid_capacity = segment->uuid_count;
}
