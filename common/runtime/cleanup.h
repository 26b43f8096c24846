/* Ownership within a block: what is declared _cleanup_ is freed when the block is left, unless TAKE hands it over.
 * Every free function of the house takes the address of the pointer, accepts NULL in it and leaves NULL there. */
#pragma once

/* unused: a scope guard is never read, and clang says so */
#define _cleanup_(function) __attribute__((__cleanup__(function), __unused__))

/* The pointer's value; the variable itself becomes NULL, so that its cleanup does nothing. */
#define TAKE(pointer)                                                                                                  \
    (__extension__({                                                                                                   \
        __typeof__(pointer) *take_from_ = &(pointer);                                                                  \
        __typeof__(pointer) taken_ = *take_from_;                                                                      \
        *take_from_ = NULL;                                                                                            \
        taken_;                                                                                                        \
    }))

/* The struct that holds `member` at `pointer`. */
#define CONTAINER_OF(pointer, type, member)                                                                            \
    (__extension__({                                                                                                   \
        __typeof__(((type *)0)->member) *member_ = (pointer);                                                          \
        (type *)(void *)((char *)member_ - offsetof(type, member));                                                    \
    }))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Arguments of a variadic macro, apart: standard C needs one argument at least for "...", so a last one is added. */
#define ARGUMENT_FIRST(...) ARGUMENT_FIRST_(__VA_ARGS__, 0)
#define ARGUMENT_FIRST_(first, ...) first
#define ARGUMENT_REST(end, ...) ARGUMENT_REST_(__VA_ARGS__, end)
#define ARGUMENT_REST_(first, ...) __VA_ARGS__
