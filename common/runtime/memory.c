/* Heap memory that is there or the process is not. */
#include "runtime/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *memory)
{
    if (memory == NULL) {
        static const char text[] = "out of memory\n";
        (void)fwrite(text, 1, sizeof text - 1, stderr);
        abort();
    }
    return memory;
}

void *checked_malloc(size_t bytes)
{
    /* malloc(0) may give NULL, which would look like exhaustion */
    return there(malloc(bytes > 0 ? bytes : 1));
}

void *checked_calloc(size_t count, size_t bytes)
{
    return there(calloc(count > 0 ? count : 1, bytes > 0 ? bytes : 1));
}

void *checked_realloc(void *old, size_t count, size_t bytes)
{
    return there(reallocarray(old, count > 0 ? count : 1, bytes > 0 ? bytes : 1));
}

char *checked_strdup(const char *text)
{
    return there(strdup(text));
}

char *checked_strndup(const char *text, size_t length)
{
    return there(strndup(text, length));
}

char *checked_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    return there(length < 0 ? NULL : text);
}

void memory_free(void *address_of_pointer)
{
    void **pointer = address_of_pointer;
    free(*pointer);
    *pointer = NULL;
}
