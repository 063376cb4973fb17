/* A complete program on libquell: screens a folder of FHIR records for a trial and prints who is
 * eligible. Built with the tree; run by the tests.
 *
 *   embed TRIAL RECORDS
 */
#include "quell/quell.h"

#include <stdio.h>

static int to_stream(void *context, const char *bytes, size_t size) {
    return fwrite(bytes, 1, size, context) == size ? 0 : -1;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: embed TRIAL RECORDS\n");
        return QUELL_USAGE;
    }
    quell_session *session = quell_session_new();
    if (!session) {
        return QUELL_WORLD;
    }
    struct quell_screen_options options = QUELL_SCREEN_OPTIONS_INIT;
    const char *records[] = {argv[2]};
    options.data = records;
    options.data_count = 1;

    quell_screening *screening = NULL;
    enum quell_status status = quell_screen(session, argv[1], &options, &screening);
    quell_messages(session, QUELL_TABLE, 0, to_stream, stderr);
    if (screening) {
        struct quell_screen_counts counts = {.size = sizeof counts};
        quell_screening_counts(screening, &counts);
        printf("%llu of %llu patients are eligible\n",
               (unsigned long long)counts.by_status[QUELL_ELIGIBLE],
               (unsigned long long)counts.patients);
        enum quell_eligibility where = QUELL_ELIGIBLE;
        const char *id = NULL;
        for (uint64_t i = 0; (id = quell_screening_subject(screening, i, &where)); i++) {
            if (where == QUELL_ELIGIBLE) {
                printf("  %s\n", id);
            }
        }
    }
    printf("%s\n", quell_notice());
    quell_screening_free(screening);
    quell_session_free(session);
    return (int)status;
}
