/* A trial that was read and checked: its document, its logic compiled to a plan with value sets and
 * parameters bound, and its criteria laid out flat for whoever runs or draws them. Immutable after
 * trial_load and shared read-only by all threads. */
#ifndef QUELL_TRIAL_TRIAL_H
#define QUELL_TRIAL_TRIAL_H

#include "plan/plan.h"
#include "trial/document.h"

enum criterion_kind { CRITERION_LEAF, CRITERION_ANY_OF, CRITERION_ALL_OF };

enum { CRITERION_NONE = UINT16_MAX };

/* What checking the logic says about a criterion before any patient is seen. */
enum criterion_finding {
    CRITERION_NEVER_UNKNOWN = 1, /* over data, yet no silence makes it null */
    CRITERION_ALWAYS_TRUE = 2,
    CRITERION_ALWAYS_FALSE = 4,
    CRITERION_ALWAYS_NULL = 8
};

/* Criteria stand in one array in the order of the text, a group before its items:
 *   I1  I2  I3(any_of)  I3a  I3b  E1  E2 ...
 * `end` is the index after the last item of a group (index + 1 for a leaf), `parent` the group. */
struct criterion {
    struct str id;
    struct str title; /* a few words: the title, else the define's name, else the text */
    struct str text;  /* the source's own words, or empty */
    enum criterion_kind kind;
    bool exclude;
    bool human; /* by: human */
    enum trial_silence if_silent;
    uint16_t parent; /* CRITERION_NONE at the top */
    uint16_t end;
    const struct definition *define;  /* NULL: a group, or human without a definition */
    const struct definition *applies; /* NULL: to everybody */
    struct str then;
    struct trial_mark mark;
    uint32_t findings; /* enum criterion_finding */
    struct span span;
};

/* Everything in the trial that its source does not state, in the order of the text: for
 * --list-assumptions and for the reports. */
struct trial_assumption {
    enum trial_status status;
    struct str where;  /* "criterion I2", "parameter SaO2 limit", "allocation ratio" */
    struct str what;   /* the value, text or definition that is marked */
    struct str source; /* or empty */
    struct str note;   /* or empty */
    struct span span;
};

/* A parameter as it is bound: from trial.yaml or the CQL default. */
struct trial_setting {
    struct str name;
    struct str value; /* as CQL */
    bool from_default;
    struct trial_mark mark;
};

struct zone;
struct trial_regimen;

struct trial_site_zone {
    struct str id;
    struct str name;
    struct str timezone;
    const struct zone *zone; /* NULL: UTC, when the zone could not be read */
};

struct trial {
    struct arena *arena; /* that was given to trial_load */
    const struct trial_document *document;
    struct str id;               /* document->trial */
    struct str folder;           /* as the user wrote it */
    const struct source *source; /* of trial.yaml */

    struct program *program; /* NULL: the logic could not be read */
    struct terms *terms;
    struct plan *plan;

    uint32_t criterion_count;
    const struct criterion *criteria;
    const struct definition *stage;      /* gives the name of a subject's stage; or NULL */
    const struct trial_regimen *regimen; /* what each arm gets: trial/regimen.h */
    uint32_t site_count;
    const struct trial_site_zone *sites;
    uint16_t site;    /* whose time zone and reference limits hold: as asked for, else the first */
    bool site_chosen; /* it was asked for, or is the only one */
    uint32_t setting_count;
    const struct trial_setting *settings;
    uint32_t assumption_count;
    const struct trial_assumption *assumptions;

    /* BLAKE2b-256 of trial.yaml, the logic, what it includes and the value sets: their names within
     * the trial and their bytes, in bytewise order of the names. */
    uint8_t hash[32];
};

struct trial_options {
    const struct str *include_folders; /* -I, in order */
    uint32_t include_count;
    struct str library_folder;          /* trials/library of the installation; or empty */
    const struct str *valueset_folders; /* --valuesets, beside the trial's own */
    uint32_t valueset_count;
    const struct plan_argument *arguments; /* --parameter; they win over trial.yaml */
    uint32_t argument_count;
    struct str site; /* the key of the site that holds; empty: the first */
    /* Only criteria and stages are compiled: records are read for them alone. */
    bool screening_only;
    /* Also say which printed limits are read as something else (TR0520); assumptions have them. */
    bool readings;
};

/* Reads and checks the trial in a folder. What is wrong with it is in `diags`; *out is set whenever
 * the status is STATUS_OK, may be drawn, and may be run only when there are no errors. The trial
 * owns its plan and terms; free it with trial_free before its arena ends. */
MUST_USE enum status trial_load(struct str folder, const struct trial_options *options,
                                struct arena *arena, struct diag_list *diags, struct trial **out);
void trial_free(struct trial *trial);

/* The word of a choice: "our reading". */
const char *trial_status_word(enum trial_status status);
const char *trial_silence_word(enum trial_silence silence);
const char *trial_ctcae_word(enum trial_ctcae version);
/* Index of a criterion id, or CRITERION_NONE. */
uint16_t trial_find_criterion(const struct trial *trial, struct str id);
/* Minutes east of UTC at the trial's site at an instant; 0 when the zone is not known. */
int16_t trial_offset_min(const struct trial *trial, int64_t instant_ms);
/* The same at any of its sites. */
int16_t trial_site_offset_min(const struct trial *trial, uint16_t site, int64_t instant_ms);
/* The next instant at which the site's clock may be changed: what was worked out on local days
 * before it need not hold after it. INT64_MAX: never again. */
int64_t trial_site_next_change(const struct trial *trial, uint16_t site, int64_t instant_ms);
/* Index of a site's id, or UINT16_MAX. */
uint16_t trial_find_site(const struct trial *trial, struct str id);

#endif
