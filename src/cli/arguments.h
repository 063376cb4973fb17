/* The command line, read by the tables of commands.def. */
#ifndef QUELL_CLI_ARGUMENTS_H
#define QUELL_CLI_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

enum command_id {
#define COMMAND(id, name, arguments, summary, explanation, examples) COMMAND_##id,
#include "cli/commands.def"
    COMMAND_COUNT
};

#define COMMAND_BIT(id) (1u << COMMAND_##id)

enum option_id {
#define OPTION(id, name, letter, argument, verbs, summary) OPTION_##id,
#include "cli/commands.def"
    OPTION_COUNT
};

struct command_info {
    const char *name;
    const char *arguments;
    const char *summary;
    const char *explanation;
    const char *examples;
};

struct option_info {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* "" when it takes none */
    unsigned verbs;
    const char *summary;
};

extern const struct command_info command_infos[COMMAND_COUNT];
extern const struct option_info option_infos[OPTION_COUNT];

enum { ARGUMENTS_MAX = 512 };

/* values[option] lists what was given for it, in order, pointing into argv. */
struct arguments {
    enum command_id command;
    size_t operand_count;
    const char *operands[ARGUMENTS_MAX];
    size_t value_count[OPTION_COUNT];
    const char **values[OPTION_COUNT]; /* into `pool` */
    const char *pool[ARGUMENTS_MAX];
};

/* Reads argv. False: a usage error was written to stderr. No verb gives COMMAND_HELP. */
bool arguments_read(int argc, char **argv, struct arguments *out);

static inline bool arguments_have(const struct arguments *args, enum option_id option) {
    return args->value_count[option] > 0;
}

/* The last value given, or NULL. */
const char *arguments_value(const struct arguments *args, enum option_id option);

#endif
