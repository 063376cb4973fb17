/* Help, the manual page and shell completion, all written from commands.def. */
#ifndef QUELL_CLI_HELP_H
#define QUELL_CLI_HELP_H

#include "cli/arguments.h"

#include <stdio.h>

void help_overview(FILE *out);
void help_verb(enum command_id command, FILE *out);
void help_man(FILE *out);
/* False: no such shell. */
bool help_completion(const char *shell, FILE *out);

#endif
