#include "cli/arguments.h"

#include <stdio.h>
#include <string.h>

const struct command_info command_infos[COMMAND_COUNT] = {
#define COMMAND(id, name, arguments, summary, explanation, examples)                               \
    [COMMAND_##id] = {name, arguments, summary, explanation, examples},
#include "cli/commands.def"
};

const struct option_info option_infos[OPTION_COUNT] = {
#define OPTION(id, name, letter, argument, verbs, summary)                                         \
    [OPTION_##id] = {name, letter, argument, verbs, summary},
#include "cli/commands.def"
};

const char *arguments_value(const struct arguments *args, enum option_id option) {
    size_t count = args->value_count[option];
    return count ? args->values[option][count - 1] : NULL;
}

static int find_command(const char *word) {
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(command_infos[i].name, word) == 0) {
            return i;
        }
    }
    return -1;
}

/* Letters in common from the front: enough to guess what was meant by "scren" or "repot". */
static size_t likeness(const char *a, const char *b) {
    size_t common = 0;
    for (const char *p = a; *p; p++) {
        const char *hit = strchr(b, *p);
        if (hit) {
            common++;
            b = hit + 1;
        }
    }
    return common;
}

/* "--anwsers" means --answers: the first letter is seldom wrong. */
static const char *closest_option(const char *word, unsigned bit) {
    const char *best = NULL;
    size_t best_score = strlen(word) / 2;
    for (int i = 0; i < OPTION_COUNT; i++) {
        size_t score = likeness(word, option_infos[i].name);
        bool alike = option_infos[i].name[0] == word[0];
        if (alike && option_infos[i].verbs & bit && score > best_score) {
            best = option_infos[i].name;
            best_score = score;
        }
    }
    return best;
}

static const char *closest_command(const char *word) {
    const char *best = NULL;
    size_t best_score = strlen(word) / 2;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        size_t score = likeness(word, command_infos[i].name);
        if (score > best_score) {
            best = command_infos[i].name;
            best_score = score;
        }
    }
    return best;
}

/* Two verbs may each have an option of one name: that of this verb is meant, else any. */
static int find_option(const char *name, size_t len, unsigned bit) {
    int found = -1;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_infos[i];
        bool same = strlen(info->name) == len && memcmp(info->name, name, len) == 0;
        if (same && (found < 0 || info->verbs & bit)) {
            found = i;
        }
    }
    return found;
}

static int find_letter(char letter) {
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (letter && option_infos[i].letter == letter) {
            return i;
        }
    }
    return -1;
}

static bool usage_error(const char *verb, const char *words, const char *what) {
    fprintf(stderr, "quell: %s '%s'\n  hint: `quell help %s` lists what it takes\n", words, what,
            verb);
    return false;
}

struct given {
    int option;
    const char *value;
};

/* One word that begins with a dash: finds the option and its value, which may be the next word. */
static bool read_option(const struct command_info *command, unsigned bit, char **argv, int argc,
                        int *at, struct given *out) {
    const char *word = argv[*at];
    const char *value = NULL;
    if (word[1] == '-') {
        const char *equals = strchr(word, '=');
        size_t len = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
        out->option = find_option(word + 2, len, bit);
        value = equals ? equals + 1 : NULL;
    } else {
        out->option = find_letter(word[1]);
        value = word[1] && word[2] ? word + 2 : NULL;
    }
    if (out->option < 0) {
        const char *meant = word[1] == '-' ? closest_option(word + 2, bit) : NULL;
        if (meant) {
            fprintf(stderr, "quell: no option '%s'\n  hint: did you mean --%s?\n", word, meant);
            return false;
        }
        return usage_error(command->name, "no option", word);
    }
    const struct option_info *info = &option_infos[out->option];
    if (!(info->verbs & bit)) {
        fprintf(stderr, "quell: `quell %s` has no option --%s\n", command->name, info->name);
        return false;
    }
    if (info->argument[0] && !value) {
        if (*at + 1 >= argc) {
            fprintf(stderr, "quell: --%s needs %s\n", info->name, info->argument);
            return false;
        }
        value = argv[++*at];
    } else if (!info->argument[0] && value) {
        return usage_error(command->name, "this option takes no value:", word);
    }
    out->value = value ? value : "";
    return true;
}

/* Groups what was given by option, keeping the order. */
static void arrange(struct arguments *out, const struct given *given, size_t count) {
    size_t next = 0;
    for (int option = 0; option < OPTION_COUNT; option++) {
        out->values[option] = &out->pool[next];
        for (size_t i = 0; i < count; i++) {
            if (given[i].option == option) {
                out->pool[next++] = given[i].value;
                out->value_count[option]++;
            }
        }
    }
}

bool arguments_read(int argc, char **argv, struct arguments *out) {
    *out = (struct arguments){.command = COMMAND_HELP};
    if (argc < 2) {
        return true;
    }
    if (argc > ARGUMENTS_MAX) {
        fprintf(stderr, "quell: more than %d arguments; name a folder instead of its files\n",
                ARGUMENTS_MAX);
        return false;
    }
    const char *verb = argv[1];
    if (strcmp(verb, "--version") == 0) {
        verb = "version";
    } else if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        verb = "help";
    }
    int command = find_command(verb);
    if (command < 0) {
        const char *meant = closest_command(verb);
        fprintf(stderr, "quell: no verb '%s'\n", verb);
        fprintf(stderr,
                meant ? "  hint: did you mean `quell %s`?\n" : "  hint: `quell` lists them%s\n",
                meant ? meant : "");
        return false;
    }
    out->command = (enum command_id)command;
    struct given given[ARGUMENTS_MAX];
    size_t given_count = 0;
    bool only_operands = false;
    for (int i = 2; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            if (!read_option(&command_infos[command], 1u << command, argv, argc, &i,
                             &given[given_count])) {
                return false;
            }
            given_count++;
        } else {
            out->operands[out->operand_count++] = argv[i];
        }
    }
    arrange(out, given, given_count);
    return true;
}
