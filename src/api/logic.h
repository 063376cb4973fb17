/* From a path to something that runs: a CQL file or a trial folder, checked, compiled and linked.
 */
#ifndef QUELL_API_LOGIC_H
#define QUELL_API_LOGIC_H

#include "api/session.h"
#include "trial/trial.h"

struct machine;

struct logic {
    struct trial *trial; /* NULL for a CQL file; then the rest is owned here */
    const struct program *program;
    struct plan *plan;
    struct terms *terms;
    /* What the values of --parameter were computed by: they live there. */
    uint32_t constant_count;
    struct logic_constant {
        struct plan *plan;
        struct machine *machine;
    } * constants;
};

/* True for a folder or a trial.yaml. */
bool logic_is_trial(quell_session *session, const char *path);
enum quell_status logic_load_trial(quell_session *session, const char *path,
                                   const struct quell_paths *paths, struct logic *out);

struct logic_options {
    const struct quell_paths *paths;
    const char *const *defines; /* outputs; none: all public */
    size_t define_count;
    const char *const *parameters; /* NAME=CQL */
    size_t parameter_count;
    bool link; /* value sets must be there */
};
/* Checks and compiles a CQL file. */
enum quell_status logic_load_cql(quell_session *session, const char *path,
                                 const struct logic_options *options, struct logic *out);
void logic_release(struct logic *logic);

#endif
