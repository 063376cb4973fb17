/* What to ask next of one subject: the formula of its eligibility, down to what is not known. */
#ifndef QUELL_SCREEN_ADVICE_H
#define QUELL_SCREEN_ADVICE_H

#include "course/trace_walk.h"
#include "screen/screen_internal.h"

/* Sets confirm, confirm_proven and ask_first of the subject. After a traced run. */
MUST_USE enum status screen_advise(struct screen_case *c, struct trace_walk *walk);

#endif
