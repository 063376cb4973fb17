/* From a path to something that runs: a CQL file or a trial folder, checked, compiled and linked.
 */
#ifndef QUELL_API_LOADED_H
#define QUELL_API_LOADED_H

#include "api/session.h"
#include "course/answers.h"
#include "trial/trial.h"

struct machine;

struct loaded_constant {
    struct program *program;
    struct plan *plan;
    struct machine *machine;
};

struct loaded {
    struct trial *trial; /* NULL for a CQL file; then the rest is owned here */
    const struct program *program;
    struct plan *plan;
    struct terms *terms;
    struct program *own_program;
    /* What the values of --parameter were computed by: they live there. */
    uint32_t constant_count;
    struct loaded_constant *constants;
};

/* True for a folder or a trial.yaml. */
bool loaded_is_trial(const char *path);
struct loaded_trial_options {
    const struct quell_paths *paths;
    const char *site;    /* the key of the site that holds; NULL: the first */
    bool screening_only; /* what the trial gives is checked, but not compiled */
    bool readings;       /* say which printed limits are read as something else */
};
enum quell_status loaded_trial(quell_session *session, const char *path,
                               const struct loaded_trial_options *options, struct loaded *out);

/* Reads a file of people's answers to the trial's criteria and conditions into the arena. */
enum quell_status loaded_answers(quell_session *session, const struct loaded *loaded,
                                 const char *path, struct arena *arena, struct answers **out);

/* The analyte table of the shared library that a text at this path would use; NULL: there is none.
 */
const struct source *loaded_analytes(quell_session *session, struct str path);

struct loaded_options {
    const struct quell_paths *paths;
    const char *const *defines; /* outputs; none: all public */
    size_t define_count;
    const char *const *parameters; /* NAME=CQL */
    size_t parameter_count;
    bool link; /* value sets must be there */
};
/* Checks and compiles a CQL file. */
enum quell_status loaded_cql(quell_session *session, const char *path,
                             const struct loaded_options *options, struct loaded *out);
/* The definitions named, or every public one when none is. A name that is none is a message and
 * STATUS_USER_ERROR. */
MUST_USE enum status loaded_outputs(quell_session *session, const struct program *program,
                                    const char *const *names, size_t count,
                                    const struct definition *const **outputs,
                                    uint32_t *output_count);
void loaded_release(struct loaded *loaded);

#endif
