/* Builds a segment: words, texts, ids. Only readers and simulators include this. Growth fails
 * stickily: after a failed allocation every further addition does nothing and segment->status says
 * so; a reader checks once a resource. Places are offsets, so that a segment can be mapped. One
 * thread fills one segment. */
#ifndef QUELL_RECORD_SEGMENT_H
#define QUELL_RECORD_SEGMENT_H

#include "record/cell.h"
#include "record/record.h"

/* An array that a larger one replaced while another thread may still look at it. */
struct retired {
    struct retired *next;
    void *array;
    uint64_t epoch;
};

struct segment {
    uint64_t *words;
    uint64_t word_count;
    uint64_t word_capacity;
    char *bytes; /* of all texts, one behind the other */
    uint64_t byte_count;
    uint64_t byte_capacity;
    uint64_t *text_ends; /* text i is bytes [text_ends[i - 1], text_ends[i]); text 0 is empty */
    uint32_t text_count;
    uint32_t text_capacity;
    uint32_t *slots; /* texts by hash; 0: free */
    uint32_t slot_count;
    uint32_t interned;
    uint8_t (*uuids)[16];
    uint32_t uuid_count;
    uint32_t uuid_capacity;
    /* How its blocks are laid out; set by whoever fills it. */
    const struct shape *shapes;
    /* Files by number, of the whole population, which owns them; set when it is sealed. */
    const struct str *sources;
    uint32_t source_count;
    bool is_mapped;   /* words, bytes, text_ends and uuids lie in a mapped file */
    uint32_t *recent; /* while it is filled: offsets of parts by hash of their words */
    bool is_shown;    /* segment_show */
    uint64_t epoch;
    struct retired *retired;
    enum status status;
};

/* No memory is needed before the first addition, except text 0. */
void segment_init(struct segment *segment);
void segment_release(struct segment *segment);

/* Appends words and gives the offset of the first. */
uint64_t segment_add_words(struct segment *segment, const uint64_t *words, uint64_t count);
/* The same for a part of a resource, whose place tells nothing: where equal words were added
 * lately, their offset. Units, codes and reference ranges repeat in nearly every row. */
uint64_t segment_share_words(struct segment *segment, const uint64_t *words, uint64_t count);
/* A cell of the given number, date or typed primitive, with wide forms where they are needed. */
uint64_t segment_add_decimal(struct segment *segment, i128 value, uint8_t scale);
uint64_t segment_add_datetime(struct segment *segment, const struct datetime *time);
uint64_t segment_add_typed(struct segment *segment, uint16_t type, uint64_t cell);
/* The number of a text: equal texts share one, or (add) a new one without looking. */
uint32_t segment_intern(struct segment *segment, struct str text);
uint32_t segment_add_text(struct segment *segment, struct str text);
/* Texts added from here on share none of those before. */
void segment_forget(struct segment *segment);
/* An id ready to be compared: a canonical UUID is packed to 16 bytes. */
struct id_key {
    struct str text;
    bool is_uuid;
    uint8_t uuid[16];
};
struct id_key segment_id_key(struct str id);
uint64_t segment_id_hash(const struct id_key *key);
/* Sets row->id and its flag. */
void segment_add_id(struct segment *segment, const struct id_key *key, struct row *row);
bool segment_id_is(const struct segment *segment, const struct row *row, const struct id_key *key);
/* The key of a row's id; a UUID has no text. */
struct id_key segment_row_key(const struct segment *segment, const struct row *row);
/* For a thread that compares ids beside the one that fills: a copy of the struct, taken at the end
 * of an epoch, shows the texts and ids of then for as long as nobody says that a later one is done.
 * The filling thread calls this before each epoch; epochs below `done` are not looked at again. */
void segment_show(struct segment *segment, uint64_t epoch, uint64_t done);
/* Nobody looks any more. */
void segment_hide(struct segment *segment);
/* Gives memory that growth reserved and nobody used back to the heap. */
void segment_trim(struct segment *segment);

#endif
