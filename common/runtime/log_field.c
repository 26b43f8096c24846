/* Typed values of the log. */
#include "runtime/log.h"

struct log_field log_field_bool(const char *name, bool value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_BOOL, .flag = value};
}

struct log_field log_field_int(const char *name, int64_t value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_INT, .integer = value};
}

struct log_field log_field_uint(const char *name, uint64_t value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_UINT, .natural = value};
}

struct log_field log_field_real(const char *name, double value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_REAL, .real = value};
}

struct log_field log_field_text(const char *name, const char *value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_TEXT, .text = value};
}

#define LOG_FIELD_ID(type)                                                                                             \
    struct log_field log_field_##type(const char *name, type value)                                                    \
    {                                                                                                                  \
        return log_field_int(name, value.v);                                                                           \
    }
LOG_FIELD_ID(account_id)
LOG_FIELD_ID(person_id)
LOG_FIELD_ID(school_id)
LOG_FIELD_ID(batch_id)
LOG_FIELD_ID(delivery_id)
LOG_FIELD_ID(administrator_id)
LOG_FIELD_ID(import_id)

struct log_field log_field_instant(const char *name, struct instant value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_INSTANT, .integer = value.us};
}

struct log_field log_field_duration(const char *name, struct duration value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_DURATION, .integer = value.us};
}

struct log_field log_field_fault(const char *name, const struct fault *value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_FAULT, .fault = value};
}
