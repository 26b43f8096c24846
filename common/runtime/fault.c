/* A fault is filled where it arises, gains context on its way up, and is told once. */
#include "runtime/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const code_names[FAULT_CODE_COUNT] = {
#define FAULT_NAME(code, name) [FAULT_##code] = (name),
    FAULT_CODES(FAULT_NAME)
#undef FAULT_NAME
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Puts ": <tail>" behind the first `length` bytes of text, as much of it as there is room for. */
static void append(char *text, size_t size, int length, const char *tail)
{
    if (length < 0 || (size_t)length + 3 > size)
        return;
    char *end = text + length;
    size_t room = size - (size_t)length - 3;
    size_t bytes = strnlen(tail, room);
    memcpy(end, ": ", 2);
    memcpy(end + 2, tail, bytes);
    end[2 + bytes] = '\0';
}

static void fill(struct fault *fault, enum fault_code code, const char *file, int line)
{
    *fault = (struct fault){.code = code, .file = base_name(file), .line = line};
}

bool fault_set_at(struct fault *fault, enum fault_code code, const char *file, int line, const char *format, ...)
{
    if (fault == NULL)
        return false;
    /* through a buffer of its own: an argument may be the old text of this very fault */
    char text[sizeof fault->text];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fill(fault, code, file, line);
    memcpy(fault->text, text, sizeof text);
    return false;
}

bool fault_from_errno_at(struct fault *fault, enum fault_code code, const char *file, int line, const char *format, ...)
{
    int number = errno;
    if (fault == NULL)
        return false;
    char text[sizeof fault->text];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char reason[96];
    append(text, sizeof text, length, strerror_r(number, reason, sizeof reason));
    fill(fault, code, file, line);
    memcpy(fault->text, text, sizeof text);
    fault->os_error = number;
    return false;
}

bool fault_hint(struct fault *fault, const char *format, ...)
{
    if (fault == NULL)
        return false;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->hint, sizeof fault->hint, format, args);
    va_end(args);
    return false;
}

bool fault_add(struct fault *fault, const char *format, ...)
{
    if (fault == NULL)
        return false;
    char text[sizeof fault->text];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    append(text, sizeof text, length, fault->text);
    memcpy(fault->text, text, sizeof text);
    return false;
}

const char *fault_code_name(enum fault_code code)
{
    return code < FAULT_CODE_COUNT ? code_names[code] : "unknown";
}
