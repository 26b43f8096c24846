/* Pieces from glibc's obstack, under a limit. */
#include "runtime/arena.h"

#include "runtime/memory.h"

#include <obstack.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena {
    struct obstack stack;
    void *bottom; /* the first piece: freeing down to it gives everything back */
    size_t limit;
    size_t used;
    bool is_overflowed;
    bool is_secret;
};

/* A chunk knows its size, so that a secret one can be wiped whole when obstack gives it back. */
struct chunk {
    size_t bytes;
    _Alignas(max_align_t) unsigned char memory[];
};

static void *chunk_take(void *arg, size_t bytes)
{
    (void)arg;
    struct chunk *chunk = checked_malloc(sizeof *chunk + bytes);
    chunk->bytes = bytes;
    return chunk->memory;
}

static void chunk_give(void *arg, void *memory)
{
    const struct arena *arena = arg;
    struct chunk *chunk = (struct chunk *)(void *)((char *)memory - offsetof(struct chunk, memory));
    if (arena->is_secret)
        explicit_bzero(chunk->memory, chunk->bytes);
    free(chunk);
}

/* The one place that expands obstack's macros of allocation: they align by adding to a null pointer, which the
 * sanitizer would tell of at each piece. */
__attribute__((no_sanitize("pointer-overflow"))) static void *stack_take(struct obstack *stack, size_t bytes)
{
    return obstack_alloc(stack, (int)bytes);
}

static struct arena *arena_make(size_t limit, bool is_secret)
{
    struct arena *arena = checked_calloc(1, sizeof *arena);
    arena->limit = limit;
    arena->is_secret = is_secret;
    (void)obstack_specify_allocation_with_arg(
        &arena->stack, 0, (int)_Alignof(max_align_t), chunk_take, chunk_give, arena);
    arena->bottom = stack_take(&arena->stack, 0);
    return arena;
}

struct arena *arena_new(size_t limit)
{
    return arena_make(limit, false);
}

struct arena *arena_new_secret(size_t limit)
{
    return arena_make(limit, true);
}

void arena_free(struct arena **arena)
{
    if (*arena == NULL)
        return;
    obstack_free(&(*arena)->stack, NULL);
    free(*arena);
    *arena = NULL;
}

void arena_reset(struct arena *arena)
{
    obstack_free(&arena->stack, arena->bottom);
    if (arena->is_secret)
        /* obstack keeps the first chunk for reuse: what was in it must not stay */
        explicit_bzero(arena->bottom, (size_t)(arena->stack.chunk_limit - (char *)arena->bottom));
    arena->bottom = stack_take(&arena->stack, 0);
    arena->used = 0;
    arena->is_overflowed = false;
}

static void *take(struct arena *arena, size_t bytes)
{
    if (bytes > arena->limit - arena->used || bytes > INT32_MAX) {
        arena->is_overflowed = true;
        return NULL;
    }
    arena->used += bytes;
    return stack_take(&arena->stack, bytes);
}

void *arena_alloc(struct arena *arena, size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total)) {
        arena->is_overflowed = true;
        return NULL;
    }
    void *piece = take(arena, total);
    return piece != NULL ? memset(piece, 0, total) : NULL;
}

/* What a refused text becomes: writable by type, empty by content, never written. */
static char refused_text[1];

char *arena_copy_bytes(struct arena *arena, const void *bytes, size_t length)
{
    char *piece = length < SIZE_MAX ? take(arena, length + 1) : NULL;
    if (piece == NULL) {
        arena->is_overflowed = true;
        return refused_text;
    }
    if (length > 0)
        memcpy(piece, bytes, length);
    piece[length] = '\0';
    return piece;
}

char *arena_copy(struct arena *arena, const char *text)
{
    return arena_copy_bytes(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *piece = length >= 0 ? take(arena, (size_t)length + 1) : NULL;
    if (piece != NULL)
        (void)vsnprintf(piece, (size_t)length + 1, format, again);
    else
        arena->is_overflowed = true;
    va_end(again);
    return piece != NULL ? piece : refused_text;
}

bool arena_is_overflowed(const struct arena *arena)
{
    return arena->is_overflowed;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
