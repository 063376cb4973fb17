#include "base/status.h"

const char *status_text(enum status status) {
    switch (status) {
    case STATUS_OK:
        return "done";
    case STATUS_NO_MEMORY:
        return "out of memory";
    case STATUS_IO:
        return "a file could not be read or written";
    case STATUS_LIMIT:
        return "a limit was passed";
    case STATUS_USER_ERROR:
        return "the text has errors";
    case STATUS_CANCELLED:
        return "cancelled";
    }
    return "unknown status";
}
