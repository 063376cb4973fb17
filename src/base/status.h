/* What can go wrong outside the user's text: the world. Every function that can fail for such a
 * reason returns a must-use status and gives its result by out-parameter. Errors in the user's text
 * or data are diagnostics (diag/diag.h); a bug of ours is an assert. */
#ifndef QUELL_BASE_STATUS_H
#define QUELL_BASE_STATUS_H

enum status {
    STATUS_OK = 0,
    STATUS_NO_MEMORY,  /* an allocation failed */
    STATUS_IO,         /* a file could not be opened, read or written; errno tells */
    STATUS_LIMIT,      /* a limit of base/limits.h was passed */
    STATUS_USER_ERROR, /* the user's text has errors; they are in the diagnostics */
    STATUS_CANCELLED   /* the caller's cancel callback said so */
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

const char *status_text(enum status status);

#endif
