/* The bytes of a cohort cache: little-endian, as in memory. docs/decisions/0030 has the picture. */
#ifndef QUELL_COHORT_LAYOUT_H
#define QUELL_COHORT_LAYOUT_H

#include "cohort/cohort.h"
#include "record/population.h"
#include "record/segment.h"

#define COHORT_MAGIC "QUELLCO\n"
enum { COHORT_VERSION = 2, COHORT_SEGMENTS_MAX = 24, COHORT_HEADER_BYTES = 16384 };
/* Raw JSON is compressed so much at a time; reading one resource unpacks one frame. */
enum { COHORT_FRAME_BYTES = 256 * 1024 };
/* A run whose rows have different codes: each resource has its own. */
#define COHORT_MIXED UINT32_MAX
#define COHORT_NOBODY UINT32_MAX /* no patient: outside any compartment */

struct cohort_patient {
    uint32_t id;     /* text */
    uint32_t source; /* of the Patient resource; UINT32_MAX: none */
    uint32_t line;
};

struct cohort_medication {
    uint32_t id; /* text */
    uint32_t codes;
};

/* Items [start, start + count) of a section. */
struct cohort_slice {
    uint64_t start;
    uint64_t count;
};

/* The slices that belong to a run, each behind that of the run before. The first run has no rows:
 * its texts are those that patients, sources, medications and codes are named by. */
enum cohort_part {
    PART_ROWS,
    PART_RESOURCES,
    PART_WORDS,
    PART_TEXTS,
    PART_BYTES,
    PART_UUIDS,
    PARTS
};

struct cohort_run {
    struct cohort_slice parts[PARTS];
    uint64_t hash[2]; /* XXH3-128 of the XXH3-128s of its parts */
    uint32_t codes;   /* text: "system|code", sorted, 0xFF between them; 0: none; or COHORT_MIXED */
    uint16_t type;
    uint16_t reserved;
};

struct cohort_frame {
    uint64_t offset; /* in RAW */
    uint32_t packed;
    uint32_t bytes;
};

/* In a run by patient, then in the order of struct record. */
struct cohort_row {
    instant_ms known_from;
    instant_ms known_to;
    instant_ms effective;
    uint64_t block;
    uint32_t patient; /* or COHORT_NOBODY */
    uint32_t order;   /* among all rows of the segment */
    uint32_t resource;
    uint32_t source;
    uint32_t line;
    uint32_t id;
    uint16_t type;
    uint8_t flags;
    uint8_t reserved[5];
};

struct cohort_resource {
    uint64_t hash;
    uint64_t version;
    instant_ms updated;
    uint32_t id;
    uint32_t codes; /* its own and those of the Medications that it refers to, in this segment */
    uint32_t waits; /* text: the id of the Medication */
    uint32_t frame;
    uint32_t raw_start;
    uint32_t raw_bytes;
    uint16_t type;
    uint8_t id_flags;
    uint8_t marks; /* enum build_mark */
    uint32_t line;
    uint32_t source;
    uint32_t duplicates; /* dropped in its favour */
};

#define SECTION(id, bytes, checked) SECTION_##id,
enum cohort_section_id {
#include "cohort/sections.def"
    SECTIONS
};

struct cohort_section {
    uint64_t offset; /* in the file */
    uint64_t bytes;
    uint64_t hash[2]; /* 0 where runs are checked instead */
};

struct cohort_segment {
    struct cohort_section sections[SECTIONS];
    uint64_t content_hash[2];
    struct population_counts counts;
};

struct cohort_header {
    char magic[8];
    uint32_t version;
    uint32_t segment_count;
    uint64_t model;   /* fingerprint of the FHIR model: types and elements go by number */
    uint64_t bytes;   /* of the file */
    uint64_t hash[2]; /* of the header with these zero */
    struct cohort_segment segments[COHORT_SEGMENTS_MAX];
};

_Static_assert(sizeof(struct cohort_header) <= COHORT_HEADER_BYTES, "the header has a fixed place");
_Static_assert(sizeof(struct cohort_row) == 64, "rows have no holes");
_Static_assert(sizeof(struct cohort_resource) == 64, "resources have no holes");

struct cohort_hash {
    uint64_t low;
    uint64_t high;
};

size_t cohort_item_bytes(enum cohort_section_id section);
bool cohort_is_checked(enum cohort_section_id section);
/* The section that a part of a run lies in. */
enum cohort_section_id cohort_part_section(enum cohort_part part);
uint64_t cohort_model(void);
struct cohort_hash cohort_hash(const void *bytes, size_t count);
struct cohort_hash cohort_header_hash(const struct cohort_header *header);
/* Elements that a cache has no cells for: narrative and attachments, which are long and never
 * asked.
 */
bool cohort_leaves_out(uint16_t element);
/* What an index reads: everything but those. Memory is the arena's. */
MUST_USE enum status cohort_demand(struct arena *arena, struct demand *out);

/* A mapped file. */
struct cohort_map {
    const char *at;
    size_t bytes;
    struct str path;
    const struct cohort_header *header;
};

/* False: it is said why, in `diags`, or there is no memory (then *status tells). */
bool cohort_open(struct str path, struct diag_list *diags, struct cohort_map **out,
                 enum status *status);
void cohort_close(void *map);
/* All of it, tests included: bytes in memory instead of a file. */
bool cohort_check(const struct cohort_map *map, struct diag_list *diags);
const void *cohort_items(const struct cohort_map *map, uint32_t segment,
                         enum cohort_section_id section, uint64_t *count);
/* The run's checksum fits and its numbers lie where they must. */
bool cohort_check_run(const struct cohort_map *map, uint32_t segment, uint64_t run);

/* "A part of the file does not fit its checksum". */
enum status cohort_damaged(const struct cohort_map *map, struct diag_list *diags);
/* A view of a segment of the file as one of a population's. The caller owns the shapes, which must
 * live as long. STATUS_USER_ERROR: they are damaged. */
MUST_USE enum status cohort_map_segment(const struct cohort_map *map, uint32_t number,
                                        struct segment *out, struct shape **shapes);
/* Adds what the segment's index run read. */
void cohort_add_counts(const struct cohort_map *map, uint32_t segment,
                       struct population_counts *to);

/* direct.c: one cache of one segment and nothing beside it, which is the usual case: its rows are
 * in order already, so the population is laid out from the file without a builder. *out is NULL
 * where that cannot be done. The population holds the map then. */
MUST_USE enum status cohort_lay_out(struct cohort_map *map, const struct demand *demand,
                                    const struct fhir_options *options, struct diag_list *diags,
                                    struct population **out);

struct fhir_again;
/* read.c: what the plan wants of a segment goes to the builder. */
MUST_USE enum status cohort_take(const struct cohort_map *map, uint32_t segment,
                                 const struct demand *demand, const struct fhir_options *options,
                                 struct diag_list *diags, struct fhir_again *again,
                                 struct build *build);

MUST_USE enum status cohort_write(const struct population *population, struct str file,
                                  const struct cohort_map *old, struct diag_list *diags,
                                  struct cohort_summary *summary);

#endif
