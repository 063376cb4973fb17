/* What the parts of trial_load share. */
#ifndef QUELL_TRIAL_TRIAL_INTERNAL_H
#define QUELL_TRIAL_TRIAL_INTERNAL_H

#include "trial/regimen.h"
#include "trial/trial.h"

struct trial_build {
    struct trial *trial;
    struct trial_document *document;
    const struct trial_options *options;
    struct arena *arena;
    struct diag_list *diags;
    uint32_t argument_count; /* of plan_link: trial.yaml's parameters, then the command line's */
    struct plan_argument *arguments;
    struct span *argument_spans; /* where each was given; source NULL on the command line */
};

/* Ids given twice, rules without an end, arms and ratios that do not fit: everything that can be
 * said without the logic. */
MUST_USE enum status trial_check_document(struct trial_build *build);
/* Lays out the criteria: trial->criteria. */
MUST_USE enum status trial_lay_out_criteria(struct trial_build *build);
/* trial->assumptions. */
MUST_USE enum status trial_list_assumptions(struct trial_build *build);
/* trial->sites, with their zones, and which of them holds. */
MUST_USE enum status trial_read_sites(struct trial_build *build);
/* Gives every DEFINE its definition; checks that it exists and has the type its place wants; checks
 * units. Needs trial->program. */
MUST_USE enum status trial_resolve(struct trial_build *build);
/* trial->regimen. Needs trial->program with definitions resolved. */
MUST_USE enum status trial_lay_out_regimen(struct trial_build *build);
/* The parameters that are a subject's own moments. */
MUST_USE enum status trial_find_moments(struct trial_build *build, struct trial_regimen *regimen);
/* What does not fit together in arms, rules, schedules and visits. Needs trial->regimen. */
void trial_check_regimen(struct trial_build *build);
/* The same for visits, which need no regimen. */
void trial_check_visits(struct trial_build *build);
/* A parameter of the logic or of what it includes, or NULL. */
const struct parameter *trial_find_parameter(const struct program *program, struct str name);
/* trial->hash. Needs trial->program. */
MUST_USE enum status trial_hash(struct trial_build *build);
/* The folders with value sets of a trial: its own, the library's, those of the options. */
MUST_USE enum status trial_valueset_folders(struct trial_build *build, struct str **folders,
                                            uint32_t *count);
/* What the logic says before any patient is seen: units, sizes, nullability; and the limits that
 * the source prints. Needs trial->program and trial->terms; sets criterion findings. */
MUST_USE enum status trial_check_logic(struct trial_build *build);
/* Adds what the chosen site gives the logic: its key as the parameter "Site", its limits as the
 * parameter "Reference limits" of trials/library/Limits.cql, where trial.yaml does not set them. */
MUST_USE enum status trial_bind_site(struct trial_build *build);
/* The parameter of the logic or of a library it includes, or NULL. */
const struct parameter *trial_find_parameter(const struct program *program, struct str name);
/* build->arguments and trial->settings. Needs trial->program. */
MUST_USE enum status trial_bind_parameters(struct trial_build *build);

#endif
