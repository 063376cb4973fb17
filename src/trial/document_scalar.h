/* The forms of trial.yaml's scalars: "300 mg", "day 7", "1..5", "±1 d", "14 from first anakinra".
 * Each gives false when the text has not its form, and then leaves *out alone. Places are the
 * caller's. */
#ifndef QUELL_TRIAL_DOCUMENT_SCALAR_H
#define QUELL_TRIAL_DOCUMENT_SCALAR_H

#include "trial/document.h"

bool scalar_is_name(struct str text);
bool scalar_boolean(struct str text, struct trial_boolean *out);
bool scalar_number(struct str text, struct trial_number *out);
/* The unit points into the text. */
bool scalar_quantity(struct str text, struct trial_quantity *out);
bool scalar_day(struct str text, struct trial_days *out);
bool scalar_days(struct str text, struct trial_days *out);
bool scalar_window(struct str text, struct trial_days *out);
bool scalar_count(struct str text, struct trial_count *out);
bool scalar_clock(struct str text, struct trial_clock *out);
bool scalar_date(struct str text, struct trial_date *out);

#endif
