#include "domain/audit_chain.h"

#include "domain/text.h"

#include <assert.h>
#include <string.h>

static const struct flaw_row {
    const char *code;
    const char *sentence;
} flaws[] = {
    [AUDIT_FLAW_NONE] = {"sound",        ""                                                                                         },
    [AUDIT_FLAW_CHANGED] = {"changed",      "Cette entrée n’est plus ce qu’elle était quand elle a été écrite."               },
    [AUDIT_FLAW_MISSING] = {"missing",      "Des entrées manquent juste avant celle-ci."                                              },
    [AUDIT_FLAW_UNLINKED] = {"unlinked",
                         "Cette entrée ne suit pas celle qui la précède : l’une des deux a été remplacée, ajoutée ou "
        "déplacée."                                                                                                               },
    [AUDIT_FLAW_BACKDATED] = {"backdated",    "Cette entrée porte une heure antérieure à celle qui la précède."                     },
    [AUDIT_FLAW_CUT] = {"cut",          "La chaîne s’arrête ici, avant la dernière entrée écrite : la fin a été retirée."},
    [AUDIT_FLAW_UNWRITTEN] = {"unwritten",    "Cette entrée a été ajoutée après la dernière entrée écrite."                      },
    [AUDIT_FLAW_HEAD_OTHER] = {"head_other",   "La dernière entrée n’est pas celle qui a été écrite."                              },
    [AUDIT_FLAW_ANCHOR_GONE] = {"anchor_gone",
                         "La chaîne s’arrête avant l’entrée du repère donné : la fin a été retirée."                    },
    [AUDIT_FLAW_ANCHOR_OTHER] = {"anchor_other", "L’entrée n’est pas celle du repère donné : la chaîne a été récrite."           },
};

const char *audit_flaw_code(enum audit_flaw flaw)
{
    assert((unsigned)flaw < sizeof flaws / sizeof flaws[0]);
    return flaws[flaw].code;
}

const char *audit_flaw_sentence(enum audit_flaw flaw)
{
    assert((unsigned)flaw < sizeof flaws / sizeof flaws[0]);
    return flaws[flaw].sentence;
}

/* --- hashes and anchors as text --- */

bool audit_hash_is_same(const struct audit_hash *a, const struct audit_hash *b)
{
    return memcmp(a->bytes, b->bytes, AUDIT_HASH_SIZE) == 0;
}

static const char hexadecimal[] = "0123456789abcdef";

void audit_hash_write(const struct audit_hash *hash, char out_text[AUDIT_HASH_TEXT_SIZE])
{
    for (size_t i = 0; i < AUDIT_HASH_SIZE; i++) {
        out_text[2 * i] = hexadecimal[hash->bytes[i] >> 4];
        out_text[2 * i + 1] = hexadecimal[hash->bytes[i] & 15];
    }
    out_text[AUDIT_HASH_TEXT_SIZE - 1] = '\0';
}

static bool read_digit(char one, unsigned *out_value)
{
    const char *at = one != '\0' ? strchr(hexadecimal, text_lower(one)) : NULL;
    if (!at) {
        return false;
    }
    *out_value = (unsigned)(at - hexadecimal);
    return true;
}

bool audit_hash_parse(const char *text, struct audit_hash *out_hash)
{
    struct audit_hash hash;
    for (size_t i = 0; i < AUDIT_HASH_SIZE; i++) {
        unsigned high;
        unsigned low;
        if (!read_digit(text[2 * i], &high) || !read_digit(text[2 * i + 1], &low)) {
            return false;
        }
        hash.bytes[i] = (unsigned char)(high << 4 | low);
    }
    if (text[AUDIT_HASH_TEXT_SIZE - 1] != '\0') {
        return false;
    }
    *out_hash = hash;
    return true;
}

void audit_anchor_write(const struct audit_anchor *anchor, char out_text[AUDIT_ANCHOR_TEXT_SIZE])
{
    char hash[AUDIT_HASH_TEXT_SIZE];
    struct text_builder text = text_begin(out_text, AUDIT_ANCHOR_TEXT_SIZE);
    audit_hash_write(&anchor->hash, hash);
    text_add_number(&text, (uint64_t)anchor->chain, 1);
    text_add_char(&text, ':');
    text_add_number(&text, (uint64_t)anchor->number, 1);
    text_add_char(&text, ':');
    text_add(&text, hash);
}

/* Digits up to a colon, at most 18 of them; moves past it. */
static bool read_number(const char **text, int64_t *out_number)
{
    int64_t number = 0;
    int digits = 0;
    for (; text_is_digit(**text) && digits < 18; digits++, (*text)++) {
        number = 10 * number + (**text - '0');
    }
    if (digits == 0 || **text != ':') {
        return false;
    }
    (*text)++;
    *out_number = number;
    return true;
}

bool audit_anchor_parse(const char *text, struct audit_anchor *out_anchor)
{
    int64_t chain;
    struct audit_anchor anchor;
    if (!read_number(&text, &chain) || chain > INT16_MAX || !read_number(&text, &anchor.number) || anchor.number == 0 ||
        !audit_hash_parse(text, &anchor.hash)) {
        return false;
    }
    anchor.chain = (int)chain;
    *out_anchor = anchor;
    return true;
}

/* --- the check --- */

struct audit_chain audit_chain_begin(int chain, const struct audit_anchor *anchors, size_t anchor_count)
{
    return (struct audit_chain){.chain = chain, .anchors = anchors, .anchor_count = anchor_count};
}

static bool found(struct audit_chain *chain, enum audit_flaw flaw, int64_t number)
{
    chain->flaw = flaw;
    chain->flawed = number;
    return false;
}

static enum audit_flaw flaw_of(
    const struct audit_link *last, const struct audit_link *entry, const struct audit_hash *computed)
{
    if (entry->number != last->number + 1) {
        return AUDIT_FLAW_MISSING;
    }
    if (!audit_hash_is_same(&entry->hash, computed)) {
        return AUDIT_FLAW_CHANGED;
    }
    if (!audit_hash_is_same(&entry->previous, &last->hash)) {
        return AUDIT_FLAW_UNLINKED;
    }
    return instant_before(entry->at, last->at) ? AUDIT_FLAW_BACKDATED : AUDIT_FLAW_NONE;
}

static bool anchors_hold(const struct audit_chain *chain, const struct audit_link *entry)
{
    for (size_t i = 0; i < chain->anchor_count; i++) {
        const struct audit_anchor *anchor = &chain->anchors[i];
        if (anchor->chain == chain->chain && anchor->number == entry->number &&
            !audit_hash_is_same(&anchor->hash, &entry->hash)) {
            return false;
        }
    }
    return true;
}

bool audit_chain_add(struct audit_chain *chain, const struct audit_link *entry, const struct audit_hash *computed)
{
    if (chain->flaw != AUDIT_FLAW_NONE) {
        return false;
    }
    enum audit_flaw flaw = flaw_of(&chain->last, entry, computed);
    if (flaw == AUDIT_FLAW_NONE && !anchors_hold(chain, entry)) {
        flaw = AUDIT_FLAW_ANCHOR_OTHER;
    }
    if (flaw != AUDIT_FLAW_NONE) {
        return found(chain, flaw, entry->number);
    }
    chain->last = *entry;
    return true;
}

bool audit_chain_end(struct audit_chain *chain, const struct audit_link *head)
{
    const struct audit_link *last = &chain->last;
    if (chain->flaw != AUDIT_FLAW_NONE) {
        return false;
    }
    for (size_t i = 0; i < chain->anchor_count; i++) {
        if (chain->anchors[i].chain == chain->chain && chain->anchors[i].number > last->number) {
            return found(chain, AUDIT_FLAW_ANCHOR_GONE, last->number);
        }
    }
    if (head->number > last->number) {
        return found(chain, AUDIT_FLAW_CUT, last->number);
    }
    if (head->number < last->number) {
        return found(chain, AUDIT_FLAW_UNWRITTEN, head->number + 1);
    }
    bool is_same = last->number == 0 || (audit_hash_is_same(&head->hash, &last->hash) && head->at.us == last->at.us);
    return is_same || found(chain, AUDIT_FLAW_HEAD_OTHER, last->number);
}
