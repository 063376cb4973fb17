#include "trial/schema.h"

#include "trial/document.h"

#include <assert.h>

#define WORDS(choice, words)
#define WORD(choice, constant, text, words) {SCHEMA_CHOICE_##choice, constant, text, words},
#define END_WORDS(choice)
#define OBJECT(object, words)
#define KEY(object, field, key, kind, of, need, words)
#define END(object)
const struct schema_word schema_words[] = {
#include "trial/schema.def"
};
const uint32_t schema_word_count = sizeof schema_words / sizeof schema_words[0];
#undef WORD
#undef KEY

enum { NEED_OPTIONAL = false, NEED_REQUIRED = true };

#define OF_TEXT(of) 0
#define OF_NAME(of) 0
#define OF_FILE(of) 0
#define OF_ZONE(of) 0
#define OF_SCALAR(of) 0
#define OF_DEFINE(of) 0
#define OF_BOOLEAN(of) 0
#define OF_NUMBER(of) 0
#define OF_QUANTITY(of) 0
#define OF_DAY(of) 0
#define OF_DAYS(of) 0
#define OF_WINDOW(of) 0
#define OF_COUNT(of) 0
#define OF_DATE(of) 0
#define OF_CLOCK(of) 0
#define OF_CHOICE(of) SCHEMA_CHOICE_##of
#define OF_TEXTS(of) 0
#define OF_NUMBERS(of) 0
#define OF_QUANTITIES(of) 0
#define OF_PAIRS(of) 0
#define OF_ONE(of) SCHEMA_OBJECT_##of
#define OF_LIST(of) SCHEMA_OBJECT_##of
#define OF_MAP(of) SCHEMA_OBJECT_##of

#define WORD(choice, constant, text, words)
#define KEY(object, field, key, kind, of, need, words)                                             \
    {SCHEMA_OBJECT_##object,                                                                       \
     SCHEMA_##kind,                                                                                \
     OF_##kind(of),                                                                                \
     NEED_##need,                                                                                  \
     offsetof(struct trial_##object, field),                                                       \
     key,                                                                                          \
     words},
const struct schema_key schema_keys[] = {
#include "trial/schema.def"
};
#undef KEY
#undef OBJECT
#undef END

/* The number of each object's first key, and one past its last. */
#define OBJECT(object, words) FIRST_##object,
#define KEY(object, field, key, kind, of, need, words) KEY_##object##_##field,
#define END(object) LAST_##object,
enum {
#include "trial/schema.def"
    KEY_NUMBERS
};
#undef OBJECT
#undef KEY
#undef END

/* FIRST_ and LAST_ take two numbers an object, in the order of the table. */
#define OBJECT(object, words)                                                                      \
    {#object, words, sizeof(struct trial_##object), FIRST_##object - 2 * SCHEMA_OBJECT_##object,   \
     LAST_##object - FIRST_##object - 1},
#define KEY(object, field, key, kind, of, need, words)
#define END(object)
static const struct schema_object objects[] = {
#include "trial/schema.def"
};
#undef WORDS
#undef OBJECT

#define OBJECT(object, words)
#define WORDS(choice, words) words,
static const char *const choice_words[] = {
#include "trial/schema.def"
};
#undef WORDS
#undef WORD
#undef END_WORDS
#undef OBJECT
#undef KEY
#undef END

const struct schema_object *schema_object(enum schema_object_id object) {
    return &objects[object];
}

const char *schema_choice_words(enum schema_choice_id choice) {
    return choice_words[choice];
}

const struct schema_key *schema_find(enum schema_object_id object, struct str key) {
    const struct schema_object *o = &objects[object];
    for (uint16_t i = 0; i < o->key_count; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        assert(k->object == object);
        if (k->key[0] && str_equal(key, str_from(k->key))) {
            return k;
        }
    }
    return NULL;
}

const char *schema_kind_words(enum schema_kind kind) {
    static const char *const words[] = {
        [SCHEMA_TEXT] = "text",
        [SCHEMA_NAME] = "a name of letters, digits, '-', '_' and '.'",
        [SCHEMA_FILE] = "a path inside the trial's folder",
        [SCHEMA_ZONE] = "an IANA time zone such as Europe/Paris",
        [SCHEMA_SCALAR] = "a value",
        [SCHEMA_DEFINE] = "the name of a definition of the logic",
        [SCHEMA_BOOLEAN] = "true or false",
        [SCHEMA_NUMBER] = "a number",
        [SCHEMA_QUANTITY] = "a number with a unit, such as 300 mg",
        [SCHEMA_DAY] = "a study day, such as 7 or day 7",
        [SCHEMA_DAYS] = "dose days, such as 3 or 1..5",
        [SCHEMA_WINDOW] = "days around a visit, such as ±1 d or -1..+3 d",
        [SCHEMA_COUNT] = "a whole number, such as 56 or 14 from first anakinra",
        [SCHEMA_DATE] = "a date such as 2020-08-19",
        [SCHEMA_CLOCK] = "a time of day such as 07:00",
        [SCHEMA_CHOICE] = "one of a few words",
        [SCHEMA_TEXTS] = "a text or a list of texts",
        [SCHEMA_NUMBERS] = "a list of numbers",
        [SCHEMA_QUANTITIES] = "a list of numbers with units, such as [200 mg, 100 mg]",
        [SCHEMA_PAIRS] = "names with a text each",
        [SCHEMA_ONE] = "keys with values",
        [SCHEMA_LIST] = "a list",
        [SCHEMA_MAP] = "names with keys and values each",
    };
    return words[kind];
}
