/* Digits as people type them where they write in Arabic or Persian. */
#pragma once

/* Arabic-Indic (U+0660 to U+0669) and Persian (U+06F0 to U+06F9) digits become 0 to 9, in place; all else stays. text: UTF-8. */
void digits_to_latin(char *text);
