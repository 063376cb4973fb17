/* The reader's insides, shared by its files. One reader belongs to one thread and fills one
 * builder.
 *
 *   input.c     files and folders -> lines and documents
 *   bundle.c    a line or document -> resources
 *   resource.c  a resource -> wanted or not, its patient, its rows
 *   version.c   when it became known, and what it was before it ended
 *   block.c     a row's cells
 *   wants.c     what the demand wants of each type, prepared once */
#ifndef QUELL_FHIR_READER_INTERNAL_H
#define QUELL_FHIR_READER_INTERNAL_H

#include "fhir/fhir.h"
#include "json/walk.h"
#include "record/build.h"

#define NO_PLACE UINT32_MAX
enum { DROPS_MAX = 8 };

/* A JSON key that fills a cell. */
struct target {
    struct str key;
    uint16_t cell;
    uint16_t type;
    bool is_list;
    bool in_choice;
};

/* The keys of one type, grouped by length: those of length n are [starts[n], starts[n + 1]). */
enum { KEY_LENGTHS = 64 };
struct targets {
    struct target *at;
    uint16_t starts[KEY_LENGTHS + 1];
    uint16_t count;
};

/* Filters of one type over one code element. */
struct code_index {
    uint32_t key_count; /* JSON keys of the element: several for a choice */
    struct str *keys;
    struct map codes; /* "system|code" -> number of a mask */
    struct map bare;  /* the codes alone -> 0, for the prefilter */
    uint64_t *masks;
    bool no_systems; /* the element is a plain code: only the code is compared */
    bool may_refer;  /* a choice with a Reference: medication[x] */
};

/* How a resource that ended is told from one that goes on. */
struct split_rule {
    const char *type;
    const char *ends[2];          /* paths of the end, the first that is there */
    const char *status;           /* key of its status */
    const char *open;             /* the status before the end, as JSON */
    const char *finals[4];        /* statuses that say it ended */
    const char *drops[DROPS_MAX]; /* paths that are not there before the end */
    const char *dated_by[2];      /* paths that date a final status though there is no end */
};

enum { TIMES_MAX = 12 };
struct type_wants {
    const char *known[TIMES_MAX];     /* paths that may say when a resource became known */
    const char *effective[TIMES_MAX]; /* paths that order it; both end at NULL */
    uint64_t all_filters;
    uint32_t index_count;
    struct code_index *indexes;
    bool refers;    /* an index may_refer */
    bool is_wanted; /* some filter may pass it */
    const struct split_rule *split;
    uint32_t path_count;
    const struct str *paths; /* to the patient; none: outside the compartment */
};

struct wants {
    const struct demand *demand;
    struct arena arena;
    bool *is_extended;        /* [type]: a primitive whose id or extensions are wanted */
    struct targets *targets;  /* [type] */
    struct type_wants *types; /* [type] */
    uint16_t patient;
    uint16_t bundle;
    uint16_t medication;
    uint16_t resource;
};

/* What is left out of a block, and the status put in: rows from before an end. */
struct edit {
    struct str drops[DROPS_MAX];
    uint32_t drop_count;
    struct str status_key; /* empty: none */
    const char *status;
};

struct reader {
    const struct wants *wants;
    const struct fhir_options *options;
    struct diag_list *diags;
    struct build *build;
    struct segment *segment;
    struct json_scanner *scanner;
    struct json_scanner *snippet_scanner;
    struct arena paths;   /* of the whole reading */
    struct arena scratch; /* reset a resource */
    struct arena bundle;  /* reset a line */
    struct json_walk walk;
    struct json_member *members; /* of the resource in hand */
    uint32_t member_count;
    uint32_t member_capacity;
    uint32_t members_end; /* place of its closing bracket */
    uint64_t text_hash;   /* of the line or document in hand: the low half of XXH3-128 */
    struct str type;      /* of the resource in hand */
    struct str id;
    struct map urls;         /* fullUrl -> index in url_targets, for the Bundle in hand */
    struct str *url_targets; /* "Patient/1" */
    struct str file;
    uint32_t source;
    uint64_t line;
    bool is_document;               /* one JSON text a file: `line` counts a Bundle's entries */
    uint32_t raw;                   /* text of the raw JSON that the next block keeps, 0: none */
    uint32_t listed[DIAG_ID_COUNT]; /* diagnostics by id; after LISTED_MAX only counted */
    enum status status;
};

/* What a Bundle's entry says of its resource; all zero outside Bundles. */
struct entry_facts {
    bool history;
    instant_ms updated;
    struct str full_url;
};

/* wants.c */
MUST_USE enum status wants_init(struct wants *wants, const struct demand *demand);
void wants_release(struct wants *wants);
const struct target *wants_target(const struct wants *wants, uint16_t type, struct str key);
/* The filters that a code passes. `system` .at NULL: none given. */
uint64_t wants_code(const struct code_index *index, struct str system, struct str code);
/* The line can be passed over: no filter can want it. */
bool wants_skip(const struct wants *wants, struct str line);

/* version.c */
void version_paths(uint16_t type, struct type_wants *wants);
const struct split_rule *version_rule(struct str type);
struct versions {
    instant_ms known_from;
    instant_ms effective;
    instant_ms end;   /* INSTANT_MAX: it is not split */
    uint16_t flags;   /* ROW_UNDATED, ROW_STATUS_AS_OF_EXPORT */
    struct edit edit; /* of the row before the end */
};
void version_times(struct reader *r, uint16_t type, struct versions *out);
/* The last instant of the time in the string at `place`; false: there is none. */
bool version_last(struct reader *r, uint32_t place, instant_ms *out);

/* block.c */
uint64_t block_read(struct reader *r, uint32_t place, uint16_t type, const struct edit *edit);
/* The same of the resource in hand, whose members are listed. */
uint64_t block_read_resource(struct reader *r, uint32_t place, uint16_t type,
                             const struct edit *edit);

/* resource.c: the resource at `place` of the walk. */
void resource_read(struct reader *r, uint32_t place, const struct entry_facts *facts);
/* The member of the resource in hand, or of the object at `place`. */
uint32_t resource_member(const struct reader *r, struct str key);
uint32_t object_member(struct reader *r, uint32_t place, struct str key);
/* Follows a path from the resource in hand, first items of arrays. */
uint32_t resource_path(struct reader *r, struct str path);
struct str reader_text(struct reader *r, uint32_t place);

/* bundle.c: a line, a document or a Bundle. */
void bundle_read(struct reader *r, struct str text);

/* input.c */
MUST_USE enum status input_read(struct reader *r, const struct str *paths, uint32_t path_count);

/* A diagnostic at the line in hand; a flood of one kind is cut. */
void reader_say(struct reader *r, enum diag_id id, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same, and the resource is bad. */
#define reader_bad(r, ...)                                                                         \
    do {                                                                                           \
        build_counts((r)->build)->bad++;                                                           \
        reader_say((r), __VA_ARGS__);                                                              \
    } while (0)

#endif
