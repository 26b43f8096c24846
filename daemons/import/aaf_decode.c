#include "import/aaf_decode.h"

#include "domain/latin.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fnmatch.h>
#include <iconv.h>
#include <regex.h>
#include <stdint.h>
#include <string.h>
#include <unistr.h>

enum {
    HEAD_MAX = 1024, /* where the declaration is looked for */
    OUT_SIZE = 16 * 1024,
    IN_SIZE = 4096,
    DIRECT_MIN = 4096, /* sound bytes that are given as they are: less is cheaper copied than given apart */
};

enum state {
    STATE_HEAD,      /* not enough bytes yet to tell the encoding */
    STATE_LETTERS,   /* eight-bit or UTF-8 */
    STATE_CONVERTED, /* by iconv */
    STATE_FAILED
};

typedef uint16_t byte_letter(unsigned char byte);

struct aaf_decode {
    aaf_decoded *give;
    void *arg;
    enum state state;
    enum refusal note;

    /* STATE_LETTERS */
    byte_letter *letter;
    unsigned odd_bytes_end; /* bytes from 0x80 up to here contradict the declaration, when they stand alone */
    bool is_utf8_odd;       /* UTF-8 contradicts it */
    enum refusal odd;       /* what an odd letter is noted as */

    iconv_t converter; /* STATE_CONVERTED */

    char in[IN_SIZE]; /* the head; later, the beginning of a letter whose rest is to come */
    size_t in_used;
    char out[OUT_SIZE];
    size_t out_used;
};

/* --- encodings --- */

uint16_t aaf_decode_windows_1252(unsigned char byte)
{
    static const uint16_t letters[] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178, /* and from 0xA0 on, ISO-8859-1 */
    };
    return byte >= 0x80 && byte < 0xA0 ? letters[byte - 0x80] : byte;
}

/* Its bytes from 0x80 to 0x9F are controls, which nobody writes. */
uint16_t aaf_decode_latin_9(unsigned char byte)
{
    static const struct {
        unsigned char byte;
        uint16_t letter;
    } letters[] = {
        {0xA4, 0x20AC},
        {0xA6, 0x0160},
        {0xA8, 0x0161},
        {0xB4, 0x017D},
        {0xB8, 0x017E},
        {0xBC, 0x0152},
        {0xBD, 0x0153},
        {0xBE, 0x0178}
    };
    for (size_t i = 0; i < ARRAY_LENGTH(letters); i++) {
        if (letters[i].byte == byte) {
            return letters[i].letter;
        }
    }
    return aaf_decode_windows_1252(byte);
}

enum family { FAMILY_UTF8, FAMILY_ASCII, FAMILY_LATIN, FAMILY_WINDOWS, FAMILY_WIDE, FAMILY_CONVERTED };

/* iconv knows hundreds more; what nobody sends is not loaded for a file that says so. */
static const struct encoding {
    const char *pattern;
    enum family family;
    byte_letter *letter;
} encodings[] = {
    {"UTF-8",        FAMILY_UTF8,      aaf_decode_windows_1252},
    {"UTF8",         FAMILY_UTF8,      aaf_decode_windows_1252},
    {"US-ASCII",     FAMILY_ASCII,     aaf_decode_windows_1252},
    {"ASCII",        FAMILY_ASCII,     aaf_decode_windows_1252},
    {"ISO-8859-1",   FAMILY_LATIN,     aaf_decode_windows_1252},
    {"ISO8859-1",    FAMILY_LATIN,     aaf_decode_windows_1252},
    {"LATIN1",       FAMILY_LATIN,     aaf_decode_windows_1252},
    {"ISO-8859-15",  FAMILY_LATIN,     aaf_decode_latin_9     },
    {"ISO8859-15",   FAMILY_LATIN,     aaf_decode_latin_9     },
    {"LATIN-9",      FAMILY_LATIN,     aaf_decode_latin_9     },
    {"WINDOWS-1252", FAMILY_WINDOWS,   aaf_decode_windows_1252},
    {"CP1252",       FAMILY_WINDOWS,   aaf_decode_windows_1252},
    {"UTF-16*",      FAMILY_WIDE,      aaf_decode_windows_1252},
    {"UTF-32*",      FAMILY_WIDE,      aaf_decode_windows_1252},
    {"ISO-10646-*",  FAMILY_WIDE,      aaf_decode_windows_1252},
    {"ISO-8859-*",   FAMILY_CONVERTED, NULL                   },
    {"WINDOWS-125*", FAMILY_CONVERTED, NULL                   },
    {"CP125*",       FAMILY_CONVERTED, NULL                   },
    {"CP850",        FAMILY_CONVERTED, NULL                   },
    {"IBM850",       FAMILY_CONVERTED, NULL                   },
    {"MACINTOSH",    FAMILY_CONVERTED, NULL                   },
};

static const struct encoding *encoding_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++) {
        if (fnmatch(encodings[i].pattern, name, FNM_CASEFOLD) == 0) {
            return &encodings[i];
        }
    }
    return NULL;
}

/* --- giving --- */

static bool failed(struct aaf_decode *decode)
{
    decode->state = STATE_FAILED;
    return false;
}

static bool give(struct aaf_decode *decode, const char *bytes, size_t length)
{
    return length == 0 || decode->give(decode->arg, bytes, length) || failed(decode);
}

static bool flush(struct aaf_decode *decode)
{
    size_t length = decode->out_used;
    decode->out_used = 0;
    return give(decode, decode->out, length);
}

static bool put(struct aaf_decode *decode, const char *bytes, size_t length)
{
    if (length >= DIRECT_MIN) {
        return flush(decode) && give(decode, bytes, length);
    }
    if (length > OUT_SIZE - decode->out_used && !flush(decode)) {
        return false;
    }
    memcpy(decode->out + decode->out_used, bytes, length);
    decode->out_used += length;
    return true;
}

/* All before the odd letter is given first: who takes it then knows the line. */
static bool note(struct aaf_decode *decode, enum refusal odd)
{
    if (decode->note == REFUSAL_NONE && odd != REFUSAL_NONE) {
        if (!flush(decode)) {
            return false;
        }
        decode->note = odd;
        decode->is_utf8_odd = false; /* once is enough: the rest goes the fast way */
    }
    return true;
}

/* --- eight-bit letters and UTF-8 --- */

static size_t ascii_length(const char *bytes, size_t length)
{
    static const uint64_t high = 0x8080808080808080;
    size_t at = 0;
    for (; length - at >= 32; at += 32) {
        uint64_t words[4];
        memcpy(words, bytes + at, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & high) != 0) {
            break;
        }
    }
    while (at < length && (unsigned char)bytes[at] < 0x80) {
        at++;
    }
    return at;
}

/* How many bytes are one sound letter of UTF-8; -1: none, -2: its rest is to come. */
static int letter_length(const char *bytes, size_t length)
{
    ucs4_t letter;
    return u8_mbtoucr(&letter, (const uint8_t *)bytes, length);
}

static bool put_byte(struct aaf_decode *decode, unsigned char byte)
{
    char bytes[4];
    uint16_t letter = decode->letter(byte);
    bool is_odd = byte < decode->odd_bytes_end || letter == 0xFFFD;
    size_t count = utf8_write(letter, bytes);
    return note(decode, is_odd ? decode->odd : REFUSAL_NONE) && put(decode, bytes, count);
}

static bool put_letter(struct aaf_decode *decode, const char *bytes, int count)
{
    if (count < 0) {
        return put_byte(decode, (unsigned char)bytes[0]);
    }
    bool is_odd = count > 1 && decode->is_utf8_odd;
    return note(decode, is_odd ? decode->odd : REFUSAL_NONE) && put(decode, bytes, (size_t)count);
}

/* The letter that the last piece began. `is_end`: nothing follows. */
static bool held_put(struct aaf_decode *decode, bool is_end)
{
    while (decode->in_used > 0) {
        int count = letter_length(decode->in, decode->in_used);
        if (count == -2 && !is_end) {
            return true;
        }
        if (!put_letter(decode, decode->in, count)) {
            return false;
        }
        decode->in_used -= count > 0 ? (size_t)count : 1;
        memmove(decode->in, decode->in + (count > 0 ? count : 1), decode->in_used);
    }
    return true;
}

static bool letters_put(struct aaf_decode *decode, const char *bytes, size_t length)
{
    size_t sound = 0; /* what is not put yet begins here */
    for (size_t at = ascii_length(bytes, length); at < length; at += ascii_length(bytes + at, length - at)) {
        int count = letter_length(bytes + at, length - at);
        if (count == -2) {
            decode->in_used = length - at; /* three bytes at most */
            memcpy(decode->in, bytes + at, decode->in_used);
            length = at;
        } else if (count > 0 && !decode->is_utf8_odd) {
            at += (size_t)count;
        } else {
            if (!put(decode, bytes + sound, at - sound) || !put_letter(decode, bytes + at, count)) {
                return false;
            }
            at += count > 0 ? (size_t)count : 1;
            sound = at;
        }
    }
    return put(decode, bytes + sound, length - sound) && flush(decode);
}

static bool letters_feed(struct aaf_decode *decode, const char *bytes, size_t length)
{
    while (decode->in_used > 0 && length > 0) {
        decode->in[decode->in_used++] = *bytes++;
        length--;
        if (!held_put(decode, false)) {
            return false;
        }
    }
    return length == 0 ? flush(decode) : letters_put(decode, bytes, length);
}

/* --- by iconv --- */

/* What is in `in`, but for the beginning of a letter. */
static bool convert(struct aaf_decode *decode)
{
    char *in = decode->in;
    for (;;) {
        char *out = decode->out + decode->out_used;
        size_t room = OUT_SIZE - decode->out_used;
        size_t result = iconv(decode->converter, &in, &decode->in_used, &out, &room);
        int error = errno;
        decode->out_used = OUT_SIZE - room;
        if (!flush(decode)) {
            return false;
        }
        if (result != (size_t)-1 || error == EINVAL) {
            memmove(decode->in, in, decode->in_used);
            return true;
        }
        if (error != E2BIG) {
            return failed(decode);
        }
    }
}

static bool converted_feed(struct aaf_decode *decode, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t room = IN_SIZE - decode->in_used;
        size_t count = length < room ? length : room;
        memcpy(decode->in + decode->in_used, bytes, count);
        decode->in_used += count;
        bytes += count;
        length -= count;
        if (!convert(decode)) {
            return false;
        }
    }
    return true;
}

/* --- the head --- */

/* What the first bytes tell without any declaration. */
static const struct signature {
    const char *bytes;
    size_t length;
    const char *encoding;
    size_t mark; /* bytes of it that are no text */
} signatures[] = {
    {"\xFF\xFE\0\0", 4, "UTF-32LE", 4}, /* before UTF-16, whose mark begins it */
    {"\0\0\xFE\xFF", 4, "UTF-32BE", 4},
    {"\xEF\xBB\xBF", 3, "UTF-8",    3},
    {"\xFF\xFE",     2, "UTF-16LE", 2},
    {"\xFE\xFF",     2, "UTF-16BE", 2},
    {"<\0?\0",       4, "UTF-16LE", 0},
    {"\0<\0?",       4, "UTF-16BE", 0},
};

static const struct signature *signature_of(const char *bytes, size_t length)
{
    for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++) {
        const struct signature *signature = &signatures[i];
        if (length >= signature->length && memcmp(bytes, signature->bytes, signature->length) == 0) {
            return signature;
        }
    }
    return NULL;
}

/* The head without its mark and, so that UTF-16 and UTF-32 are legible too, without zeros. */
static void head_text(const struct aaf_decode *decode, const struct signature *signature, char out_text[HEAD_MAX + 1])
{
    size_t used = 0;
    for (size_t at = signature ? signature->mark : 0; at < decode->in_used; at++) {
        if (decode->in[at] != '\0') {
            out_text[used++] = decode->in[at];
        }
    }
    out_text[used] = '\0';
}

static bool is_head_whole(const struct aaf_decode *decode)
{
    char text[HEAD_MAX + 1];
    if (decode->in_used == HEAD_MAX) {
        return true;
    }
    if (decode->in_used < 4) {
        return false;
    }
    head_text(decode, signature_of(decode->in, decode->in_used), text);
    size_t length = strlen(text);
    bool may_declare = strncmp(text, "<?xml", length < 5 ? length : 5) == 0;
    return !may_declare || strstr(text, "?>") != NULL;
}

/* false: it declares none. */
static bool declared_name(const char *head, char out_name[64])
{
    regex_t pattern;
    regmatch_t found[3];
    /* as in XML: EncName */
    if (regcomp(&pattern, "^<\\?xml[ \t\r\n][^>]*encoding[ \t\r\n]*=[ \t\r\n]*([\"'])([A-Za-z][A-Za-z0-9._-]*)\\1",
            REG_EXTENDED) != 0) {
        return false;
    }
    bool is_found = regexec(&pattern, head, ARRAY_LENGTH(found), found, 0) == 0;
    size_t length = is_found ? (size_t)(found[2].rm_eo - found[2].rm_so) : 0;
    regfree(&pattern);
    if (!is_found || length >= 64) {
        return false;
    }
    memcpy(out_name, head + found[2].rm_so, length);
    out_name[length] = '\0';
    return true;
}

static bool conversion_begin(struct aaf_decode *decode, const char *name)
{
    decode->converter = iconv_open("UTF-8", name);
    if (decode->converter == (iconv_t)-1) {
        return failed(decode);
    }
    decode->state = STATE_CONVERTED;
    return true;
}

static bool letters_begin(struct aaf_decode *decode, const struct encoding *declared)
{
    static const unsigned odd_ends[] = {
        [FAMILY_UTF8] = 0x100, [FAMILY_ASCII] = 0x100, [FAMILY_LATIN] = 0xA0, [FAMILY_WINDOWS] = 0x80};
    decode->state = STATE_LETTERS;
    decode->letter = declared ? declared->letter : aaf_decode_windows_1252;
    decode->odd = declared ? REFUSAL_ENCODING_CONTRADICTED : REFUSAL_ENCODING_UNDECLARED;
    bool is_wide = declared && declared->family == FAMILY_WIDE;
    decode->odd_bytes_end = declared && !is_wide ? odd_ends[declared->family] : 0x100;
    decode->is_utf8_odd = declared && !is_wide && declared->family != FAMILY_UTF8;
    return note(decode, is_wide ? decode->odd : REFUSAL_NONE); /* eight bits, whatever it says */
}

static bool encoding_begin(struct aaf_decode *decode, const struct signature *signature)
{
    char head[HEAD_MAX + 1];
    char name[64];
    head_text(decode, signature, head);
    bool is_declared = declared_name(head, name);
    const struct encoding *declared = is_declared ? encoding_named(name) : NULL;
    const struct encoding *shown = signature ? encoding_named(signature->encoding) : NULL;
    if (is_declared && !declared) {
        return failed(decode);
    }
    if (shown) {
        decode->note = declared && declared->family != shown->family ? REFUSAL_ENCODING_CONTRADICTED : REFUSAL_NONE;
        return shown->family == FAMILY_WIDE ? conversion_begin(decode, signature->encoding)
                                            : letters_begin(decode, shown);
    }
    return declared && declared->family == FAMILY_CONVERTED ? conversion_begin(decode, name)
                                                            : letters_begin(decode, declared);
}

static bool text_feed(struct aaf_decode *decode, const char *bytes, size_t length)
{
    return decode->state == STATE_CONVERTED ? converted_feed(decode, bytes, length)
                                            : letters_feed(decode, bytes, length);
}

static bool head_end(struct aaf_decode *decode)
{
    const struct signature *signature = signature_of(decode->in, decode->in_used);
    char head[HEAD_MAX];
    size_t length = decode->in_used;
    size_t mark = signature ? signature->mark : 0;
    memcpy(head, decode->in, length);
    if (!encoding_begin(decode, signature)) {
        return false;
    }
    decode->in_used = 0;
    return text_feed(decode, head + mark, length - mark);
}

/* --- the decoder --- */

struct aaf_decode *aaf_decode_new(aaf_decoded *taker, void *arg)
{
    struct aaf_decode *decode = checked_calloc(1, sizeof *decode);
    decode->give = taker;
    decode->arg = arg;
    decode->converter = (iconv_t)-1;
    return decode;
}

void aaf_decode_free(struct aaf_decode **decode)
{
    if (*decode && (*decode)->converter != (iconv_t)-1) {
        (void)iconv_close((*decode)->converter);
    }
    memory_free(decode);
}

bool aaf_decode_feed(struct aaf_decode *decode, const char *bytes, size_t length)
{
    while (decode->state == STATE_HEAD && length > 0) {
        decode->in[decode->in_used++] = *bytes++;
        length--;
        if (is_head_whole(decode) && !head_end(decode)) {
            return false;
        }
    }
    return decode->state != STATE_FAILED && (length == 0 || text_feed(decode, bytes, length));
}

bool aaf_decode_end(struct aaf_decode *decode)
{
    if (decode->state == STATE_HEAD && !head_end(decode)) {
        return false;
    }
    if (decode->state == STATE_LETTERS) {
        return held_put(decode, true) && flush(decode);
    }
    return decode->state == STATE_CONVERTED && decode->in_used == 0;
}

enum refusal aaf_decode_note(const struct aaf_decode *decode)
{
    return decode->note;
}
