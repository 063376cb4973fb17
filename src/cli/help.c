#include "cli/help.h"

#include "quell/quell.h"

#include <string.h>

static const char data_words[] = "DATA is files or folders of FHIR R4: NDJSON (any order, split, "
                                 ".gz) and Bundles of every kind.";

static const struct {
    const char *code;
    const char *words;
} exits[] = {
    {"0", "done; data that were left out are reported"},
    {"1", "the trial, the CQL, the value sets or the answers have errors"},
    {"2", "the command line makes no sense"},
    {"3", "a file could not be read or written, or memory ended"},
    {"4", "under --strict or past --max-bad: data were left out"},
};

void help_overview(FILE *out) {
    fputs("Quell makes a clinical trial's protocol executable.\n\n"
          "Usage: quell VERB ...\n\n",
          out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  %-11s %s\n", command_infos[i].name, command_infos[i].summary);
    }
    fprintf(out,
            "\nTry:\n"
            "  quell screen trials/elmekaty examples/ward    who on the ward is eligible?\n"
            "  quell new my-trial                            start a trial of your own\n"
            "  quell help screen                             everything about one verb\n\n%s\n",
            quell_notice());
}

/* Breaks text at spaces so that no line passes `width`; every line begins with `margin`. */
static void wrap(const char *text, const char *margin, size_t width, FILE *out) {
    size_t column = 0;
    const char *word = text;
    while (*word) {
        size_t len = strcspn(word, " ");
        if (column && column + 1 + len > width) {
            fputc('\n', out);
            column = 0;
        }
        if (column == 0) {
            fputs(margin, out);
            column = strlen(margin);
        } else {
            fputc(' ', out);
            column++;
        }
        fwrite(word, 1, len, out);
        column += len;
        word += len + strspn(word + len, " ");
    }
    fputc('\n', out);
}

static void option_line(const struct option_info *info, FILE *out) {
    char left[64];
    int used = info->letter ? snprintf(left, sizeof left, "-%c, --%s", info->letter, info->name)
                            : snprintf(left, sizeof left, "    --%s", info->name);
    if (info->argument[0] && used > 0 && (size_t)used < sizeof left) {
        snprintf(left + used, sizeof left - (size_t)used, " %s", info->argument);
    }
    fprintf(out, "  %s\n", left);
    wrap(info->summary, "          ", 79, out);
}

void help_verb(enum command_id command, FILE *out) {
    const struct command_info *info = &command_infos[command];
    fprintf(out, "quell %s: %s\n\nUsage: quell %s%s%s [OPTIONS]\n\n", info->name, info->summary,
            info->name, info->arguments[0] ? " " : "", info->arguments);
    if (info->explanation[0]) {
        wrap(info->explanation, "", 79, out);
    }
    if (strstr(info->arguments, "DATA")) {
        wrap(data_words, "", 79, out);
    }
    fputs("\nOptions:\n", out);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (option_infos[i].verbs & (1u << command)) {
            option_line(&option_infos[i], out);
        }
    }
    fputs("\nExamples:\n", out);
    for (const char *line = info->examples; *line;) {
        size_t len = strcspn(line, "\n");
        fprintf(out, "  %.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
    }
}

/* Text for man: dashes and backslashes escaped, a leading point or quote made harmless. */
static void man_text(const char *text, FILE *out) {
    if (*text == '.' || *text == '\'') {
        fputs("\\&", out);
    }
    for (; *text; text++) {
        if (*text == '\\') {
            fputs("\\e", out);
        } else if (*text == '-') {
            fputs("\\-", out);
        } else {
            fputc(*text, out);
        }
    }
}

static void man_verb(const struct command_info *info, unsigned bit, FILE *out) {
    fprintf(out, ".SS quell %s %s\n", info->name, info->arguments);
    man_text(info->explanation[0] ? info->explanation : info->summary, out);
    fputc('\n', out);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *option = &option_infos[i];
        if ((option->verbs & bit) && strcmp(option->name, "help") != 0) {
            fputs(".TP\n.B ", out);
            if (option->letter) {
                fprintf(out, "\\-%c, ", option->letter);
            }
            fputs("\\-\\-", out);
            man_text(option->name, out);
            if (option->argument[0]) {
                fputc(' ', out);
                man_text(option->argument, out);
            }
            fputc('\n', out);
            man_text(option->summary, out);
            fputc('\n', out);
        }
    }
    fputs(".PP\n.nf\n", out);
    for (const char *line = info->examples; *line;) {
        size_t len = strcspn(line, "\n");
        char copy[256];
        snprintf(copy, sizeof copy, "%.*s", (int)len, line);
        man_text(copy, out);
        fputc('\n', out);
        line += len + (line[len] == '\n');
    }
    fputs(".fi\n", out);
}

void help_man(FILE *out) {
    fprintf(out,
            ".TH QUELL 1 \"\" \"quell %s\" \"Quell\"\n.SH NAME\n"
            "quell \\- a clinical trial's protocol made executable\n.SH SYNOPSIS\n.B quell\n"
            ".I VERB\n[\\fIOPTIONS\\fR] ...\n.SH DESCRIPTION\n"
            "A trial is written once, as trial.yaml with HL7 CQL logic over FHIR R4 records. Quell "
            "checks "
            "it, compiles it and runs it over patient records.\n.PP\n",
            quell_version());
    man_text(data_words, out);
    fputs("\n.SH VERBS\n", out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        man_verb(&command_infos[i], 1u << i, out);
    }
    fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++) {
        fprintf(out, ".TP\n.B %s\n%s\n", exits[i].code, exits[i].words);
    }
    fputs(
        ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nwhen set, no colours\n"
        ".TP\n.B QUELL_DATA\nwhere the trial library is installed, when it is not found beside the "
        "trial\n.SH NOTES\n",
        out);
    man_text(quell_notice(), out);
    fputc('\n', out);
}

static void complete_bash(FILE *out) {
    fputs("_quell() {\n    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]}\n"
          "    if [ \"$COMP_CWORD\" = 1 ]; then\n        COMPREPLY=($(compgen -W \"",
          out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "%s%s", i ? " " : "", command_infos[i].name);
    }
    fputs("\" -- \"$word\"))\n        return\n    fi\n    local options=\n    case $verb in\n",
          out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "        %s) options=\"", command_infos[c].name);
        for (int i = 0; i < OPTION_COUNT; i++) {
            if (option_infos[i].verbs & (1u << c)) {
                fprintf(out, "--%s ", option_infos[i].name);
            }
        }
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    if [[ $word == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
          "    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
          "complete -o filenames -F _quell quell\n",
          out);
}

static void complete_zsh(FILE *out) {
    fputs("#compdef quell\n_quell() {\n    if (( CURRENT == 2 )); then\n        local -a verbs=(\n",
          out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "            '%s:%s'\n", command_infos[i].name, command_infos[i].summary);
    }
    fputs(
        "        )\n        _describe verb verbs\n        return\n    fi\n    case $words[2] in\n",
        out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "        %s) _arguments", command_infos[c].name);
        for (int i = 0; i < OPTION_COUNT; i++) {
            if (option_infos[i].verbs & (1u << c)) {
                fprintf(out, " '--%s%s'", option_infos[i].name,
                        option_infos[i].argument[0] ? "=:value:_files" : "");
            }
        }
        fputs(" '*:file:_files' ;;\n", out);
    }
    fputs("    esac\n}\n_quell \"$@\"\n", out);
}

static void complete_fish(FILE *out) {
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "complete -c quell -n __fish_use_subcommand -f -a %s -d \"%s\"\n",
                command_infos[c].name, command_infos[c].summary);
        for (int i = 0; i < OPTION_COUNT; i++) {
            if (option_infos[i].verbs & (1u << c)) {
                fprintf(out, "complete -c quell -n \"__fish_seen_subcommand_from %s\" -l %s%s\n",
                        command_infos[c].name, option_infos[i].name,
                        option_infos[i].argument[0] ? " -r" : "");
            }
        }
    }
}

bool help_completion(const char *shell, FILE *out) {
    static const struct {
        const char *name;
        void (*write)(FILE *out);
    } shells[] = {{"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].write(out);
            return true;
        }
    }
    return false;
}
