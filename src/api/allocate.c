/* allocate: dry runs of a design, and the sealed file. Nobody is allocated here. */
#include "api/loaded.h"
#include "base/limits.h"
#include "report/report_allocation.h"

#include <errno.h>

enum { REPEATS_DEFAULT = 2000 };

static enum quell_status refuse(quell_session *session, const char *words, const char *hint) {
    struct diagnostic *d = diag_in_file(&session->diags, DIAG_DA0003, STR_NONE, 0, "%s", words);
    diag_hint(&session->diags, d, "%s", hint);
    return QUELL_USAGE;
}

/* The trial's allocation; QUELL_USAGE when nobody is allocated by chance. */
static enum quell_status load(quell_session *session, const char *path,
                              const struct quell_paths *paths, struct loaded *loaded,
                              struct trial_allocation_design **out) {
    *out = NULL;
    const struct loaded_trial_options wanted = {.paths = paths};
    enum quell_status status = loaded_trial(session, path, &wanted, loaded);
    if (status != QUELL_OK) {
        return status;
    }
    enum status inner =
        trial_allocation_design(loaded->trial, &session->arena, &session->diags, out);
    if (inner != STATUS_OK || diag_has_errors(&session->diags)) {
        return session_status(session, inner != STATUS_OK ? inner : STATUS_USER_ERROR);
    }
    return *out ? QUELL_OK
                : refuse(
                      session, "nobody is allocated by chance in this trial",
                      "trial.yaml says so under allocation: randomised and minimisation draw arms");
}

static enum quell_status dry_run(quell_session *session, const struct loaded *loaded,
                                 const struct trial_allocation_design *allocation,
                                 const struct quell_allocate_options *options, struct buf *out) {
    struct dry_run_options run = {
        .subjects = options->subjects,
        .repeats = options->repeats ? options->repeats : REPEATS_DEFAULT,
        .seed = str_from(options->seed ? options->seed : "1"),
    };
    if (!run.subjects && !allocation->subjects) {
        return refuse(session, "the trial does not say how many subjects it plans",
                      "give --subjects N, or sample_size: {planned: N} in trial.yaml");
    }
    if (run.subjects > LIMIT_ALLOCATIONS || run.repeats < 2) {
        return refuse(session, "this many subjects or repeats cannot be run",
                      "up to 16 million subjects, and at least 2 repeats");
    }
    struct allocation_dry_run_result *result = NULL;
    enum status status =
        allocation_dry_run(loaded->trial, allocation, &run, &session->arena, &result);
    if (status != STATUS_OK) {
        return session_status(session, status);
    }
    switch (options->format) {
    case QUELL_TABLE:
        report_allocation_table(result, options->width, options->colour != 0, out);
        break;
    case QUELL_CSV:
        report_allocation_csv(result, out);
        break;
    default:
        report_allocation_json(result, out);
    }
    return QUELL_OK;
}

enum quell_status quell_allocate_dry_run(quell_session *session, const char *trial,
                                         const struct quell_allocate_options *options,
                                         quell_sink *sink, void *context) {
    struct loaded loaded;
    struct trial_allocation_design *allocation = NULL;
    struct buf out;
    buf_init(&out);
    enum quell_status status = load(session, trial, &options->paths, &loaded, &allocation);
    if (status == QUELL_OK) {
        status = dry_run(session, &loaded, allocation, options, &out);
    }
    loaded_release(&loaded);
    enum quell_status put = session_put_buf(&out, sink, context);
    return status == QUELL_OK ? put : status;
}

/* ---- Sealing ---- */

/* "4,6,8"; 0 when it is none. */
static uint32_t read_sizes(const char *text, uint32_t *sizes, uint32_t room) {
    uint32_t count = 0;
    while (count < room) {
        uint32_t size = 0;
        const char *start = text;
        for (; *text >= '0' && *text <= '9' && size <= LIMIT_BLOCK_SUBJECTS; text++) {
            size = size * 10 + (uint32_t)(*text - '0');
        }
        if (text == start) {
            return 0;
        }
        sizes[count++] = size;
        if (*text == '\0') {
            return count;
        }
        if (*text++ != ',') {
            return 0;
        }
    }
    return 0;
}

static enum quell_status design_to_seal(quell_session *session,
                                        struct trial_allocation_design *allocation,
                                        const struct quell_allocate_options *options,
                                        uint32_t *sizes, uint32_t room) {
    struct allocation_design *design = &allocation->design;
    if (options->blocks && design->kind == ALLOCATION_MINIMISATION) {
        return refuse(session, "minimisation has no blocks", "leave --blocks out");
    }
    if (design->kind != ALLOCATION_MINIMISATION) {
        uint32_t ratio = allocation_ratio_sum(design);
        uint32_t count = 3;
        for (uint32_t i = 0; i < count; i++) {
            sizes[i] = (2 + i) * ratio;
        }
        if (options->blocks) {
            count = read_sizes(options->blocks, sizes, room);
        }
        design->kind = ALLOCATION_BLOCKS;
        design->block_sizes = sizes;
        design->block_size_count = count;
    }
    const char *fault = allocation_design_fault(design, &session->arena);
    if (fault) {
        return refuse(session, fault, "sizes are given as --blocks 4,6,8");
    }
    uint32_t refused =
        ALLOCATION_REFUSED & allocation_objections(design, allocation->open, allocation->subjects);
    for (uint32_t bit = 1; bit <= refused; bit <<= 1) {
        if (refused & bit) {
            return refuse(session, allocation_objection_words((enum allocation_objection)bit),
                          "`quell allocate TRIAL --dry-run` compares designs");
        }
    }
    return QUELL_OK;
}

static enum quell_status write_sealed(quell_session *session, const struct loaded *loaded,
                                      const struct trial_allocation_design *allocation,
                                      const char *path, struct buf *told) {
    uint8_t seed[DRAW_SEED_BYTES];
    uint8_t commitment[DIGEST_BYTES];
    struct buf text;
    buf_init(&text);
    enum status status = draw_fresh_seed(seed);
    if (status == STATUS_OK) {
        allocation_seal(loaded->trial, &allocation->design, seed, &text);
        status = buf_status(&text);
    }
    if (status == STATUS_OK) {
        status =
            file_write_new(str_from(path), buf_str(&text), FILE_ACCESS_SECRET, &session->arena);
    }
    buf_release(&text);
    if (status == STATUS_IO) {
        struct diagnostic *d =
            diag_in_file(&session->diags, DIAG_DA0004, str_from(path), 0, "%s", strerror(errno));
        diag_hint(&session->diags, d, "a sealed file is never written over: name a new one");
        return QUELL_WORLD;
    }
    if (status != STATUS_OK) {
        return session_status(session, status);
    }
    allocation_commitment(loaded->trial, seed, commitment);
    buf_add_format(told,
                   "Sealed: %s (only you can read it; keep it from everybody who enrols)\n"
                   "Commitment, to publish before the first subject:\n  ",
                   path);
    for (size_t i = 0; i < sizeof commitment; i++) {
        buf_add_format(told, "%02x", commitment[i]);
    }
    buf_add_format(
        told, "\nName it in trial.yaml under allocation, `sealed:`; then `quell allocate TRIAL "
              "--dry-run` shows what it does.\n");
    return QUELL_OK;
}

enum quell_status quell_allocate_seal(quell_session *session, const char *trial, const char *path,
                                      const struct quell_allocate_options *options,
                                      quell_sink *sink, void *context) {
    struct loaded loaded;
    struct trial_allocation_design *allocation = NULL;
    uint32_t sizes[16];
    struct buf told;
    buf_init(&told);
    enum quell_status status = load(session, trial, &options->paths, &loaded, &allocation);
    if (status == QUELL_OK) {
        status = design_to_seal(session, allocation, options, sizes, sizeof sizes / sizeof *sizes);
    }
    if (status == QUELL_OK) {
        status = write_sealed(session, &loaded, allocation, path, &told);
    }
    loaded_release(&loaded);
    enum quell_status put = session_put_buf(&told, sink, context);
    return status == QUELL_OK ? put : status;
}
