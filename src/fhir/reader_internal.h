/* The reader's insides, shared by its files. One reader belongs to one thread, fills one segment
 * and leaves a batch of items; the batches are replayed into the builder by one thread, in the
 * order of files and lines, so that neither threads nor their number show in a result.
 *
 *   files.c     files and folders -> a sorted list of files
 *   input.c     compressed files and documents, read in the calling thread
 *   lines.c     plain NDJSON, cut into pieces that threads read
 *   batch.c     what a piece leaves, and its replay into the builder
 *   bundle.c    a line or document -> resources
 *   resource.c  a resource -> wanted or not, its patient, its rows
 *   version.c   when it became known, and what it was before it ended
 *   block.c     a row's cells
 *   wants.c     what the demand wants of each type, prepared once */
#ifndef QUELL_FHIR_READER_INTERNAL_H
#define QUELL_FHIR_READER_INTERNAL_H

#include "fhir/again.h"
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

/* The patients that a resource belongs to: nearly always one. */
enum { OWNERS_MAX = 16 };
struct owners {
    struct str ids[OWNERS_MAX];
    uint32_t count;
};

/* What one piece of input leaves for the builder, in the order of its lines. */
enum item_kind { ITEM_RESOURCE, ITEM_PATIENT, ITEM_MEDICATION, ITEM_SAID };

struct item {
    struct item *next;
    enum item_kind kind;
    uint64_t line; /* of the piece */
    struct str id; /* RESOURCE, PATIENT, MEDICATION */
    union {
        struct item_resource {
            struct build_resource resource;
            struct row rows[2]; /* before and after it ended, else one */
            uint32_t row_count;
            instant_ms effective;
            uint32_t owner_count; /* 0: outside any patient's compartment */
            const struct str *owners;
            struct str waits_for;
            bool is_entered_in_error;
            struct str codes; /* demand->everything: see build_codes */
        } resource;
        struct { /* MEDICATION: one or the other */
            uint64_t filters;
            struct str codes;
        };
        struct {
            enum diag_id id;
            struct str words; /* empty: one of too many */
        } said;
    };
};

struct batch {
    struct arena arena;
    struct item *first;
    struct item **end;
    struct population_counts counts;
    uint64_t hash[2];
    uint64_t lines; /* line ends passed */
    uint32_t said[DIAG_ID_COUNT];
};

struct reader {
    const struct wants *wants;
    const struct fhir_options *options;
    struct batch batch;
    uint8_t segment_number;
    struct segment *segment;
    struct json_scanner *scanner;
    struct json_scanner *snippet_scanner;
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
    uint32_t source;
    uint64_t line;
    bool is_loose;    /* the resource in hand is broken where only strict reading looks */
    bool is_document; /* one JSON text a file: `line` counts a Bundle's entries */
    uint32_t raw;     /* text of the raw JSON that the next block keeps, 0: none */
    enum status status;
};

struct found {
    struct str path;
    uint64_t bytes;
};

/* One reading: the files, and where everything goes. The calling thread's. */
struct reading {
    const struct fhir_options *options;
    const struct wants *wants;
    struct diag_list *diags;
    struct build *build;
    struct reader *readers; /* by thread; the first is the calling thread's, too */
    uint32_t threads;
    struct arena paths;
    struct found *files; /* sorted by path, each once */
    uint32_t file_count;
    uint32_t file_capacity;
    uint64_t bytes_all;
    uint64_t bytes_done;            /* of the files before the one in hand */
    bool anything;                  /* at least one path could be read */
    struct str file;                /* in hand, for messages */
    uint64_t line;                  /* of it, up to which it is replayed */
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
    uint8_t flags;    /* ROW_UNDATED, ROW_STATUS_AS_OF_EXPORT */
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
/* A resource whose facts are known, from its raw JSON. */
void resource_again(struct reader *r, const struct fhir_known *known);
/* Adds the id to the reader's segment. */
void resource_identify(struct reader *r, struct str id, struct build_resource *out);
/* The member of the resource in hand, or of the object at `place`. */
uint32_t resource_member(const struct reader *r, struct str key);
uint32_t object_member(struct reader *r, uint32_t place, struct str key);
/* Follows a path from the resource in hand, first items of arrays. */
uint32_t resource_path(struct reader *r, struct str path);
struct str reader_text(struct reader *r, uint32_t place);

/* bundle.c: a line, a document or a Bundle. */
void bundle_read(struct reader *r, struct str text);

/* files.c: fills the list of files. */
MUST_USE enum status files_find(struct reading *reading, const struct str *paths, uint32_t count);
bool files_is_lines_name(struct str name);

/* input.c: one file in the calling thread. */
void input_read_file(struct reading *reading, const struct found *file);
/* The bytes without white space around them. */
struct str input_trimmed(const char *at, size_t len);

/* lines.c: as many files from `first` on as are plain NDJSON; their number. */
uint32_t lines_read_files(struct reading *reading, uint32_t first);
/* One line. */
void input_read_line(struct reader *r, const char *at, size_t len);

/* fhir.c: a reader with a new segment of the builder. */
MUST_USE enum status reader_init(struct reader *r, const struct wants *wants,
                                 const struct fhir_options *options, struct build *build);
void reader_release(struct reader *r);

/* batch.c. Diagnostics of one kind that are listed: a broken export would else hide every other
 * kind. */
enum { BATCH_LISTED_MAX = 50 };
void batch_init(struct batch *batch);
void batch_release(struct batch *batch);
/* `to` was initialised and is empty; `from` is empty afterwards. */
void batch_move(struct batch *to, struct batch *from);
/* A new item of the line in hand, or NULL and r->status. */
struct item *batch_add(struct reader *r, enum item_kind kind, struct str id);
/* Gives everything to the builder and empties the batch. Lines are counted from `line_base`. */
void batch_replay(struct reading *reading, struct batch *batch, uint32_t source,
                  uint64_t line_base);
/* A diagnostic of the file in hand, said at once by the calling thread. */
void reading_say(struct reading *reading, enum diag_id id, uint64_t line, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* It failed, or more is bad than the options allow. */
bool reading_is_stopped(const struct reading *reading);

/* A diagnostic at the line in hand; a flood of one kind is cut. */
void reader_say(struct reader *r, enum diag_id id, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same, and the resource is bad. */
#define reader_bad(r, ...)                                                                         \
    do {                                                                                           \
        (r)->batch.counts.bad++;                                                                   \
        reader_say((r), __VA_ARGS__);                                                              \
    } while (0)

#endif
