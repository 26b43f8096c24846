/* What the compiler checks for us. gnu17 has no [[…]] attributes in clang 14, so they have names. */
#pragma once

#define MUST_USE __attribute__((__warn_unused_result__))
#define NEVER_NULL __attribute__((returns_nonnull))
#define FRESH_MEMORY __attribute__((malloc, returns_nonnull, warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
