/* The machine: runs one plan over one record at one time, in one arena. One per thread. A
 * definition is evaluated at most once a subject. A run-time error belongs to (subject,
 * definition): its value is null, the error is listed, and everything else goes on. */
#ifndef QUELL_EXEC_MACHINE_H
#define QUELL_EXEC_MACHINE_H

#include "exec/trace.h"
#include "plan/plan.h"
#include "record/population.h"
#include "record/record.h"

struct machine;

struct run_error {
    const struct definition *definition;
    struct span span;   /* the expression that failed */
    struct str message; /* in the machine's arena, until the next subject */
};

MUST_USE enum status machine_new(const struct plan *plan, const struct op_terminology *terminology,
                                 struct machine **out);
void machine_free(struct machine *machine);

/* Starts a subject, or another time for the same: forgets every value. `record` may be NULL (no
 * context: constants only). `at`: what is visible; INSTANT_MAX shows last versions. `now` is what
 * Now() gives. Of a record with the same tables as before, rows that were found are not looked for
 * again: tables that changed want another place. */
void machine_start(struct machine *machine, const struct record *record, instant_ms at,
                   struct datetime now);
/* Whether steps are recorded from now on; call before machine_start. */
void machine_set_trace(struct machine *machine, bool on);

/* All patients: definitions of the Unfiltered context see the rows of every one of them, and are
 * evaluated once a time asked, not once a subject; related-context retrieves see those of the
 * patient named. Without it the former see the subject's own rows, and the latter are errors. The
 * population must outlive the machine. */
MUST_USE enum status machine_set_population(struct machine *machine,
                                            const struct population *population);

/* The value of a definition. STATUS_NO_MEMORY only; user errors give null and an entry in errors.
 */
MUST_USE enum status machine_eval(struct machine *machine, const struct definition *definition,
                                  struct value *out);
uint32_t machine_errors(const struct machine *machine, const struct run_error **errors);
const struct trace *machine_trace(const struct machine *machine);
struct op_context *machine_context(struct machine *machine);

/* Evaluating the definition again would give the same until this time: the least instant after `at`
 * at which a row's visibility or a comparison that involves Now can change, seen during this
 * subject's evaluations. For exact sweeps. */
instant_ms machine_valid_until(const struct machine *machine);
/* The same of one definition that was evaluated; answers and arguments that the caller gave do not
 * count. */
instant_ms machine_definition_valid_until(const struct machine *machine,
                                          const struct definition *definition);
/* Whether that is worked out from now on, as it is at first; without it the next instant is the
 * answer, which is never wrong. Call before machine_start. */
void machine_set_bounds(struct machine *machine, bool on);

/* A machine is also a place to hold answers given by people: a Boolean definition that is not
 * computed but answered (by: human). Reset by machine_start. */
void machine_answer(struct machine *machine, const struct definition *definition,
                    const struct value *answer);
/* A parameter that is the subject's own, such as the moment of its allocation: it stands for the
 * value that the plan was linked with. Reset by machine_start. */
void machine_argument(struct machine *machine, const struct parameter *parameter,
                      const struct value *value);

#endif
