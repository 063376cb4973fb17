/* The table trial/schema.def as data, for the reader of trial.yaml and for the two documents that
 * are written from it. */
#ifndef QUELL_TRIAL_SCHEMA_H
#define QUELL_TRIAL_SCHEMA_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum schema_kind {
    SCHEMA_TEXT,
    SCHEMA_NAME,
    SCHEMA_FILE,
    SCHEMA_ZONE,
    SCHEMA_SCALAR,
    SCHEMA_DEFINE,
    SCHEMA_BOOLEAN,
    SCHEMA_NUMBER,
    SCHEMA_QUANTITY,
    SCHEMA_DAY,
    SCHEMA_DAYS,
    SCHEMA_WINDOW,
    SCHEMA_COUNT,
    SCHEMA_DATE,
    SCHEMA_CLOCK,
    SCHEMA_CHOICE,
    SCHEMA_TEXTS,
    SCHEMA_NUMBERS,
    SCHEMA_QUANTITIES,
    SCHEMA_PAIRS,
    SCHEMA_ONE,
    SCHEMA_LIST,
    SCHEMA_MAP
};

#define WORDS(choice, words) SCHEMA_CHOICE_##choice,
#define WORD(choice, constant, text, words)
#define END_WORDS(choice)
#define OBJECT(object, words)
#define KEY(object, field, key, kind, of, need, words)
#define END(object)
enum schema_choice_id {
#include "trial/schema.def"
    SCHEMA_CHOICE_COUNT
};
#undef WORDS
#undef OBJECT
#define WORDS(choice, words)
#define OBJECT(object, words) SCHEMA_OBJECT_##object,
enum schema_object_id {
#include "trial/schema.def"
    SCHEMA_OBJECT_COUNT
};
#undef WORDS
#undef WORD
#undef END_WORDS
#undef OBJECT
#undef KEY
#undef END

struct schema_word {
    uint8_t choice; /* enum schema_choice_id */
    uint16_t value; /* the constant */
    const char *text;
    const char *words;
};

struct schema_key {
    uint8_t object; /* enum schema_object_id */
    uint8_t kind;   /* enum schema_kind */
    uint8_t of;     /* CHOICE: enum schema_choice_id; ONE, LIST, MAP: enum schema_object_id */
    bool required;
    uint16_t offset; /* of the member in its struct */
    const char *key; /* "" for the name of a map's item */
    const char *words;
};

struct schema_object {
    const char *name;
    const char *words;
    uint16_t size;      /* of its struct */
    uint16_t key_first; /* its keys in schema_keys */
    uint16_t key_count;
};

extern const struct schema_word schema_words[];
extern const uint32_t schema_word_count;
extern const struct schema_key schema_keys[];
const struct schema_object *schema_object(enum schema_object_id object);
const char *schema_choice_words(enum schema_choice_id choice);
/* NULL when the object has no such key. */
const struct schema_key *schema_find(enum schema_object_id object, struct str key);
/* "a quantity with a unit, such as 300 mg": what may stand there, for messages. */
const char *schema_kind_words(enum schema_kind kind);

/* docs/trial-yaml.md and docs/trial.schema.json. */
void schema_print_markdown(struct buf *out);
void schema_print_json_schema(struct buf *out);
/* docs/published-yaml.md and docs/published.schema.json. */
void schema_print_published_markdown(struct buf *out);
void schema_print_published_json_schema(struct buf *out);

#endif
