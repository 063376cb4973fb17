/* The program: reads the command line, calls libquell, writes to the terminal or to files. */
#include "cli/arguments.h"
#include "cli/help.h"
#include "quell/quell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct run {
    const struct arguments *args;
    quell_session *session;
    int colour_out;
    int colour_err;
    unsigned width;
};

static int to_stream(void *context, const char *bytes, size_t size) {
    return fwrite(bytes, 1, size, context) == size ? 0 : -1;
}

static int decide_colour(const char *wish, int fd) {
    if (wish && strcmp(wish, "always") == 0) {
        return 1;
    }
    if (wish && strcmp(wish, "never") == 0) {
        return 0;
    }
    const char *no_color = getenv("NO_COLOR");
    return isatty(fd) && !(no_color && no_color[0]);
}

static unsigned terminal_width(void) {
    const char *columns = getenv("COLUMNS");
    if (columns && atoi(columns) >= 40) {
        return (unsigned)atoi(columns);
    }
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
        return size.ws_col;
    }
    return 80;
}

static int usage(const struct run *run, const char *words) {
    const char *verb = command_infos[run->args->command].name;
    fprintf(stderr, "quell %s: %s\n  hint: `quell help %s` shows how it is used\n", verb, words,
            verb);
    return QUELL_USAGE;
}

/* False: the word is none of the choices; a usage error was written. */
static bool pick(const struct run *run, enum option_id option, const char *const *choices,
                 int *picked) {
    const char *value = arguments_value(run->args, option);
    if (!value) {
        return true;
    }
    for (int i = 0; choices[i]; i++) {
        if (strcmp(choices[i], value) == 0) {
            *picked = i;
            return true;
        }
    }
    fprintf(stderr, "quell: --%s takes %s, not '%s'\n", option_infos[option].name,
            option_infos[option].argument, value);
    return false;
}

static const char *const formats[] = {"table", "json", "ndjson", "csv", NULL};
static const char *const id_words[] = {"pseudonym", "mrn", "none", NULL};

static bool number(const struct run *run, enum option_id option, uint64_t *out) {
    const char *value = arguments_value(run->args, option);
    if (!value) {
        return true;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long n = strtoull(value, &end, 10);
    if (errno || *end || end == value || value[0] == '-') {
        fprintf(stderr, "quell: --%s takes a number, not '%s'\n", option_infos[option].name, value);
        return false;
    }
    *out = n;
    return true;
}

static struct quell_paths paths_of(const struct arguments *args) {
    struct quell_paths paths = QUELL_PATHS_INIT;
    paths.include = args->values[OPTION_INCLUDE];
    paths.include_count = args->value_count[OPTION_INCLUDE];
    paths.valuesets = args->values[OPTION_VALUESETS];
    paths.valueset_count = args->value_count[OPTION_VALUESETS];
    return paths;
}

/* One line that is written over; nothing when stderr is no terminal. */
static void show_progress(void *context, const char *phase, uint64_t done, uint64_t all) {
    (void)context;
    if (all) {
        fprintf(stderr, "\r\033[K%s %3d %%", phase, (int)(done * 100 / all));
    } else {
        fprintf(stderr, "\r\033[K%s", phase);
    }
    fflush(stderr);
}

static quell_progress *progress_for(const struct run *run) {
    bool wanted = isatty(STDERR_FILENO) && !arguments_have(run->args, OPTION_QUIET);
    return wanted ? show_progress : NULL;
}

static void end_progress(const struct run *run) {
    if (progress_for(run)) {
        fputs("\r\033[K", stderr);
    }
}

/* Messages go to stderr as text; with --format json, `check` writes them to stdout instead. */
static void show_messages(const struct run *run) {
    quell_messages(run->session, QUELL_TABLE, run->colour_err, to_stream, stderr);
}

static int run_check(struct run *run) {
    if (run->args->operand_count != 1) {
        return usage(run, "name one trial or CQL file");
    }
    int format = QUELL_TABLE;
    if (!pick(run, OPTION_FORMAT, formats, &format)) {
        return QUELL_USAGE;
    }
    struct quell_check_options options = QUELL_CHECK_OPTIONS_INIT;
    options.paths = paths_of(run->args);
    options.assumptions = arguments_have(run->args, OPTION_ASSUMPTIONS);
    options.format = (enum quell_format)format;
    enum quell_status status =
        quell_check(run->session, run->args->operands[0], &options, to_stream, stdout);
    if (format != QUELL_TABLE) {
        quell_messages(run->session, options.format, 0, to_stream, stdout);
        return (int)status;
    }
    show_messages(run);
    if (status == QUELL_OK && quell_warning_count(run->session) == 0 && !options.assumptions) {
        printf("%s: no errors, no warnings\n", run->args->operands[0]);
    }
    return (int)status;
}

static const char *const signature_words[] = {"overloads", "none", "all", NULL};

static int run_elm(struct run *run) {
    int signatures = QUELL_SIGNATURES_OVERLOADS;
    if (!pick(run, OPTION_SIGNATURES, signature_words, &signatures)) {
        return QUELL_USAGE;
    }
    struct quell_elm_options options = QUELL_ELM_OPTIONS_INIT;
    options.paths = paths_of(run->args);
    options.result_types = arguments_have(run->args, OPTION_RESULT_TYPES);
    options.signatures = (enum quell_elm_signatures)signatures;
    enum quell_status status =
        quell_elm(run->session, run->args->operands[0], &options, to_stream, stdout);
    show_messages(run);
    return (int)status;
}

static int run_plan(struct run *run) {
    if (run->args->operand_count != 1) {
        return usage(run, "name one trial or CQL file");
    }
    if (arguments_have(run->args, OPTION_ELM)) {
        return run_elm(run);
    }
    if (arguments_have(run->args, OPTION_RESULT_TYPES) ||
        arguments_value(run->args, OPTION_SIGNATURES)) {
        return usage(run, "--result-types and --signatures belong to --elm");
    }
    struct quell_paths paths = paths_of(run->args);
    enum quell_plan_form form =
        arguments_have(run->args, OPTION_LEAN) ? QUELL_PLAN_LEAN : QUELL_PLAN_FULL;
    enum quell_status status =
        quell_plan(run->session, run->args->operands[0], &paths, form, to_stream, stdout);
    show_messages(run);
    return (int)status;
}

static int run_explain(struct run *run) {
    if (run->args->operand_count > 1) {
        return usage(run, "name one id");
    }
    int format = QUELL_TABLE;
    if (!pick(run, OPTION_FORMAT, formats, &format)) {
        return QUELL_USAGE;
    }
    if (arguments_have(run->args, OPTION_MARKDOWN)) {
        return (int)quell_explain_page(to_stream, stdout);
    }
    const char *id = run->args->operand_count ? run->args->operands[0] : NULL;
    enum quell_status status =
        quell_explain(run->session, id, (enum quell_format)format, to_stream, stdout);
    show_messages(run);
    return (int)status;
}

static int run_eval(struct run *run) {
    const struct arguments *args = run->args;
    if (args->operand_count != 1) {
        return usage(run, "name one CQL file; records go after --data");
    }
    int format = QUELL_NDJSON;
    uint64_t threads = 0;
    struct quell_eval_options options = QUELL_EVAL_OPTIONS_INIT;
    if (!pick(run, OPTION_FORMAT, formats, &format) || !number(run, OPTION_THREADS, &threads) ||
        !number(run, OPTION_MAX_BAD, &options.bad_max)) {
        return QUELL_USAGE;
    }
    options.paths = paths_of(args);
    options.data = args->values[OPTION_DATA];
    options.data_count = args->value_count[OPTION_DATA];
    options.defines = args->values[OPTION_DEFINE];
    options.define_count = args->value_count[OPTION_DEFINE];
    options.parameters = args->values[OPTION_PARAMETER];
    options.parameter_count = args->value_count[OPTION_PARAMETER];
    options.now = arguments_value(args, OPTION_NOW);
    options.format = (enum quell_format)format;
    options.strict = arguments_have(args, OPTION_STRICT);
    options.threads = (unsigned)threads;
    options.progress = progress_for(run);
    enum quell_status status =
        quell_eval(run->session, args->operands[0], &options, to_stream, stdout);
    end_progress(run);
    show_messages(run);
    return (int)status;
}

typedef enum quell_status report_writer(const void *what, quell_sink *sink, void *context);

static enum quell_status screening_page(const void *what, quell_sink *sink, void *context) {
    return quell_screening_report(what, sink, context);
}

static enum quell_status treatment_page(const void *what, quell_sink *sink, void *context) {
    return quell_treatment_report(what, sink, context);
}

static enum quell_status write_report(struct run *run, report_writer *page, const void *what,
                                      const char *path) {
    FILE *file = fopen(path, "wb");
    enum quell_status status = QUELL_WORLD;
    if (file) {
        status = page(what, to_stream, file);
        if (fclose(file) != 0 && status == QUELL_OK) {
            status = QUELL_WORLD;
        }
    }
    if (status == QUELL_WORLD) {
        fprintf(stderr, "quell: the report could not be written to %s: %s\n", path,
                strerror(errno));
    } else if (!arguments_have(run->args, OPTION_QUIET)) {
        fprintf(stderr, "Report: %s\n", path);
    }
    return status;
}

static enum quell_status show_screening(struct run *run, const quell_screening *screening,
                                        enum quell_format format) {
    const char *subject = arguments_value(run->args, OPTION_EXPLAIN_ID);
    const char *report = arguments_value(run->args, OPTION_REPORT);
    enum quell_status status = subject
                                   ? quell_screening_explain(screening, subject, format, run->width,
                                                             run->colour_out, to_stream, stdout)
                                   : quell_screening_write(screening, format, run->width,
                                                           run->colour_out, to_stream, stdout);
    if (report && status == QUELL_OK) {
        status = write_report(run, screening_page, screening, report);
    }
    return status;
}

static int run_screen(struct run *run) {
    const struct arguments *args = run->args;
    if (args->operand_count < 2) {
        return usage(run, "name a trial and at least one file or folder of records");
    }
    int format = QUELL_TABLE;
    int ids = QUELL_IDS_PSEUDONYM;
    uint64_t threads = 0;
    struct quell_screen_options options = QUELL_SCREEN_OPTIONS_INIT;
    if (!pick(run, OPTION_FORMAT, formats, &format) || !pick(run, OPTION_IDS, id_words, &ids) ||
        !number(run, OPTION_THREADS, &threads) || !number(run, OPTION_MAX_BAD, &options.bad_max)) {
        return QUELL_USAGE;
    }
    options.paths = paths_of(args);
    options.data = args->operands + 1;
    options.data_count = args->operand_count - 1;
    options.at = arguments_value(args, OPTION_AT);
    options.sweep = arguments_have(args, OPTION_SWEEP);
    options.since = arguments_value(args, OPTION_SINCE);
    options.site = arguments_value(args, OPTION_SITE);
    options.answers = arguments_value(args, OPTION_ANSWERS);
    options.ids = (enum quell_ids)ids;
    options.evidence =
        arguments_have(args, OPTION_EXPLAIN_ID) || arguments_have(args, OPTION_REPORT);
    options.strict = arguments_have(args, OPTION_STRICT);
    options.threads = (unsigned)threads;
    options.progress = progress_for(run);
    quell_screening *screening = NULL;
    enum quell_status status = quell_screen(run->session, args->operands[0], &options, &screening);
    end_progress(run);
    if (screening) {
        enum quell_status shown = show_screening(run, screening, (enum quell_format)format);
        status = shown != QUELL_OK ? shown : status;
    }
    fflush(stdout);
    show_messages(run);
    quell_screening_free(screening);
    return (int)status;
}

static int run_treat(struct run *run) {
    const struct arguments *args = run->args;
    if (args->operand_count < 2) {
        return usage(run, "name a trial and at least one file or folder of records");
    }
    if (arguments_have(args, OPTION_ALL) && arguments_value(args, OPTION_SUBJECT)) {
        return usage(run, "give --all or --subject, not both");
    }
    int format = QUELL_TABLE;
    int ids = QUELL_IDS_PSEUDONYM;
    uint64_t threads = 0;
    struct quell_treat_options options = QUELL_TREAT_OPTIONS_INIT;
    if (!pick(run, OPTION_FORMAT, formats, &format) || !pick(run, OPTION_IDS, id_words, &ids) ||
        !number(run, OPTION_THREADS, &threads) || !number(run, OPTION_MAX_BAD, &options.bad_max)) {
        return QUELL_USAGE;
    }
    if (ids == QUELL_IDS_NONE) {
        return usage(run, "a list of doses needs ids: pseudonym or mrn");
    }
    options.paths = paths_of(args);
    options.data = args->operands + 1;
    options.data_count = args->operand_count - 1;
    options.at = arguments_value(args, OPTION_AT);
    options.subject = arguments_value(args, OPTION_SUBJECT);
    options.arms = arguments_value(args, OPTION_ARMS);
    options.answers = arguments_value(args, OPTION_ANSWERS);
    options.site = arguments_value(args, OPTION_SITE);
    options.ids = (enum quell_ids)ids;
    options.strict = arguments_have(args, OPTION_STRICT);
    options.threads = (unsigned)threads;
    options.progress = progress_for(run);
    quell_treatment *treatment = NULL;
    enum quell_status status = quell_treat(run->session, args->operands[0], &options, &treatment);
    end_progress(run);
    const char *report = arguments_value(args, OPTION_REPORT);
    if (treatment) {
        enum quell_status shown = quell_treatment_write(
            treatment, (enum quell_format)format, run->width, run->colour_out, to_stream, stdout);
        if (report && shown == QUELL_OK) {
            shown = write_report(run, treatment_page, treatment, report);
        }
        status = shown != QUELL_OK ? shown : status;
    }
    fflush(stdout);
    show_messages(run);
    quell_treatment_free(treatment);
    return (int)status;
}

static int run_allocate(struct run *run) {
    const struct arguments *args = run->args;
    const char *seal = arguments_value(args, OPTION_SEAL);
    bool dry = arguments_have(args, OPTION_DRY_RUN);
    if (args->operand_count != 1) {
        return usage(run, "name one trial");
    }
    if (dry == (seal != NULL)) {
        return usage(run, "give --dry-run or --seal FILE; nobody is allocated by this program yet");
    }
    int format = QUELL_TABLE;
    uint64_t subjects = 0;
    uint64_t repeats = 0;
    if (!pick(run, OPTION_FORMAT, formats, &format) || !number(run, OPTION_SUBJECTS, &subjects) ||
        !number(run, OPTION_REPEATS, &repeats)) {
        return QUELL_USAGE;
    }
    struct quell_allocate_options options = QUELL_ALLOCATE_OPTIONS_INIT;
    options.paths = paths_of(args);
    options.subjects = subjects > UINT32_MAX ? UINT32_MAX : (uint32_t)subjects;
    options.repeats = repeats > 1000000 ? 1000000 : (uint32_t)repeats;
    options.seed = arguments_value(args, OPTION_SEED);
    options.blocks = arguments_value(args, OPTION_BLOCKS);
    options.format = (enum quell_format)format;
    options.width = run->width;
    options.colour = run->colour_out;
    enum quell_status status =
        dry ? quell_allocate_dry_run(run->session, args->operands[0], &options, to_stream, stdout)
            : quell_allocate_seal(run->session, args->operands[0], seal, &options, to_stream,
                                  stdout);
    fflush(stdout);
    show_messages(run);
    return (int)status;
}

/* A figure's file, opened when there is something to draw: what does not apply leaves none behind,
 * and an older figure as it was. */
struct figure {
    const char *path;
    FILE *file;
    bool failed;
};

static int to_figure(void *context, const char *bytes, size_t size) {
    struct figure *figure = context;
    figure->file = figure->file ? figure->file : fopen(figure->path, "wb");
    figure->failed = !figure->file || to_stream(figure->file, bytes, size) != 0;
    return figure->failed ? -1 : 0;
}

static int run_stats_with(struct run *run, struct quell_stats_options *options) {
    struct figure figure = {.path = arguments_value(run->args, OPTION_PLOT)};
    options->plot = figure.path ? to_figure : NULL;
    options->plot_context = &figure;
    enum quell_status status =
        quell_stats(run->session, run->args->operands[0], options, to_stream, stdout);
    fflush(stdout);
    show_messages(run);
    figure.failed |= figure.file && fclose(figure.file) != 0;
    if (figure.failed) {
        fprintf(stderr, "quell: %s could not be written: %s\n", figure.path, strerror(errno));
    }
    return figure.failed ? QUELL_WORLD : (int)status;
}

static int run_stats(struct run *run) {
    static const enum option_id ids[] = {
#define STATS_OPTION(id, name, kind, argument, default_r, default_sas, summary) OPTION_STATS_##id,
#include "quell/stats_options.def"
    };
    const struct arguments *args = run->args;
    struct quell_stats_setting settings[ARGUMENTS_MAX];
    struct quell_stats_options options = QUELL_STATS_OPTIONS_INIT;
    int format = QUELL_TABLE;
    if (!pick(run, OPTION_FORMAT, formats, &format)) {
        return QUELL_USAGE;
    }
    if (args->operand_count == 0) {
        return (int)quell_stats_methods(run->session, NULL, (enum quell_format)format, run->width,
                                        run->colour_out, to_stream, stdout);
    }
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        for (size_t k = 0; k < args->value_count[ids[i]]; k++) {
            settings[options.setting_count++] =
                (struct quell_stats_setting){option_infos[ids[i]].name, args->values[ids[i]][k]};
        }
    }
    options.operands = args->operands + 1;
    options.operand_count = args->operand_count - 1;
    options.settings = settings;
    options.format = (enum quell_format)format;
    options.width = run->width;
    options.colour = run->colour_out;
    return run_stats_with(run, &options);
}

static int run_verify(struct run *run) {
    struct quell_verify_options options = QUELL_VERIFY_OPTIONS_INIT;
    int format = QUELL_TABLE;
    if (run->args->operand_count != 1) {
        return usage(run, "name one trial's folder or one published.yaml");
    }
    if (!pick(run, OPTION_FORMAT, formats, &format)) {
        return QUELL_USAGE;
    }
    options.format = (enum quell_format)format;
    options.width = run->width;
    options.colour = run->colour_out;
    enum quell_status status =
        quell_verify(run->session, run->args->operands[0], &options, to_stream, stdout);
    fflush(stdout);
    show_messages(run);
    return (int)status;
}

static int run_index(struct run *run) {
    const struct arguments *args = run->args;
    const char *file = arguments_value(args, OPTION_OUTPUT);
    if (args->operand_count == 0 || !file) {
        return usage(run, "name files or folders of records, and with -o the cache to write");
    }
    uint64_t threads = 0;
    struct quell_index_options options = QUELL_INDEX_OPTIONS_INIT;
    if (!number(run, OPTION_THREADS, &threads) || !number(run, OPTION_MAX_BAD, &options.bad_max)) {
        return QUELL_USAGE;
    }
    options.append = arguments_have(args, OPTION_APPEND);
    options.strict = arguments_have(args, OPTION_STRICT);
    options.threads = (unsigned)threads;
    options.progress = progress_for(run);
    struct quell_index_summary summary;
    enum quell_status status =
        quell_index(run->session, args->operands, args->operand_count, file, &options, &summary);
    end_progress(run);
    show_messages(run);
    if ((status == QUELL_OK || status == QUELL_LEFT_OUT) && !arguments_have(args, OPTION_QUIET)) {
        fprintf(stderr,
                "%s: %llu resources of %llu patients, %.1f MB of %.1f MB raw, %llu segment%s\n",
                file, (unsigned long long)summary.resources, (unsigned long long)summary.patients,
                (double)summary.bytes / 1e6, (double)summary.bytes_read / 1e6,
                (unsigned long long)summary.segments, summary.segments == 1 ? "" : "s");
    }
    return (int)status;
}

static int run_new(struct run *run) {
    if (run->args->operand_count != 1) {
        return usage(run, "name the folder to make");
    }
    enum quell_status status = quell_new(run->session, run->args->operands[0]);
    show_messages(run);
    if (status == QUELL_OK) {
        printf("A trial to start from is in %s.\nNext: quell check %s\n", run->args->operands[0],
               run->args->operands[0]);
    }
    return (int)status;
}

static int run_completion(struct run *run) {
    if (run->args->operand_count != 1 || !help_completion(run->args->operands[0], stdout)) {
        return usage(run, "name a shell: bash, zsh or fish");
    }
    return QUELL_OK;
}

static int run_help(struct run *run) {
    if (arguments_have(run->args, OPTION_MAN)) {
        help_man(stdout);
        return QUELL_OK;
    }
    if (run->args->operand_count == 0) {
        help_overview(stdout);
        return QUELL_OK;
    }
    bool stats = strcmp(run->args->operands[0], command_infos[COMMAND_STATS].name) == 0;
    if (stats && run->args->operand_count == 2) {
        enum quell_status status = quell_stats_methods(
            run->session, run->args->operands[1], QUELL_TABLE, run->width, 0, to_stream, stdout);
        show_messages(run);
        return (int)status;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(command_infos[i].name, run->args->operands[0]) == 0) {
            help_verb((enum command_id)i, stdout);
            return QUELL_OK;
        }
    }
    return usage(run, "there is no such verb");
}

static int run_version(struct run *run) {
    (void)run;
    printf("quell %s\n%s\n", quell_version(), quell_notice());
    return QUELL_OK;
}

int main(int argc, char **argv) {
    static struct arguments args;
    if (!arguments_read(argc, argv, &args)) {
        return QUELL_USAGE;
    }
    if (arguments_have(&args, OPTION_ALL_HELP)) {
        help_verb(args.command, stdout);
        return QUELL_OK;
    }
    const char *wish = arguments_value(&args, OPTION_COLOUR);
    struct run run = {
        .args = &args,
        .session = quell_session_new(),
        .colour_out = decide_colour(wish, STDOUT_FILENO),
        .colour_err = decide_colour(wish, STDERR_FILENO),
        .width = terminal_width(),
    };
    if (!run.session) {
        fputs("quell: out of memory\n", stderr);
        return QUELL_WORLD;
    }
    static int (*const verbs[COMMAND_COUNT])(struct run *) = {
        [COMMAND_CHECK] = run_check,     [COMMAND_PLAN] = run_plan,
        [COMMAND_EXPLAIN] = run_explain, [COMMAND_EVAL] = run_eval,
        [COMMAND_SCREEN] = run_screen,   [COMMAND_NEW] = run_new,
        [COMMAND_STATS] = run_stats,     [COMMAND_VERIFY] = run_verify,
        [COMMAND_HELP] = run_help,       [COMMAND_COMPLETION] = run_completion,
        [COMMAND_VERSION] = run_version, [COMMAND_ALLOCATE] = run_allocate,
        [COMMAND_INDEX] = run_index,     [COMMAND_TREAT] = run_treat,
    };
    int status = verbs[args.command](&run);
    quell_session_free(run.session);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("quell: the output could not be written\n", stderr);
        return QUELL_WORLD;
    }
    return status;
}
