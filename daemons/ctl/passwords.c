/* preauctl passwords build: lists of words, one a line, become the file of passwords that nobody may choose. */
#include "crypto/known_words.h"
#include "crypto/random.h"
#include "ctl/output.h"
#include "domain/latin.h"
#include "domain/password.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEM_SIZE = 4400, WORD_LETTERS_MIN = 4 };

struct reading {
    size_t words;
    size_t left_out;           /* lines that hold no word: too short, or not UTF-8 */
    struct known_words *known; /* NULL: they are counted only */
};

/* "#!comment:" is how John the Ripper's lists say whose they are. */
static bool is_comment(const char *line)
{
    return strncmp(line, "#!", 2) == 0;
}

static void take_line(struct reading *reading, const char *line)
{
    char folded[PASSWORD_FOLDED_SIZE];
    if (line[0] == '\0' || is_comment(line)) {
        return;
    }
    password_fold(line, folded);
    if (!utf8_is_valid(line) || strlen(line) > PASSWORD_BYTES_MAX || strlen(folded) < WORD_LETTERS_MIN) {
        reading->left_out++;
        return;
    }
    reading->words++;
    if (reading->known) {
        known_words_add(reading->known, folded);
    }
}

/* 0, or why the list could not be read. */
static int read_list(struct reading *reading, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return errno;
    }
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) != -1) {
        line[strcspn(line, "\r\n")] = '\0';
        take_line(reading, line);
    }
    int error = ferror(file) ? EIO : 0;
    free(line);
    fclose(file);
    return error;
}

static enum ctl_exit read_lists(const struct ctl *ctl, struct reading *reading)
{
    for (size_t i = 1; i < ctl->argument_count; i++) {
        int error = read_list(reading, ctl->arguments[i]);
        if (error != 0)
            return ctl_fail(ctl, CTL_UNREACHABLE, "list", "liste non lue : %s : %s", ctl->arguments[i],
                strerror(error)); // NOLINT(concurrency-mt-unsafe)
    }
    return CTL_OK;
}

static enum ctl_exit told(const struct ctl *ctl, const struct reading *reading)
{
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:s, s:I, s:I}", "file", ctl->arguments[0], "words", (json_int_t)reading->words,
            "left_out", (json_int_t)reading->left_out));
    else
        (void)printf("%s écrit : %zu mots, %zu lignes laissées de côté ; redémarrez preau-linkd pour qu’il serve.\n",
            ctl->arguments[0], reading->words, reading->left_out);
    return CTL_OK;
}

/* Twice through the lists: how many there are decides the size of the filter. */
static enum ctl_exit build(const struct ctl *ctl, struct reading *reading)
{
    char problem[PROBLEM_SIZE];
    struct reading counted = {0};
    enum ctl_exit code = read_lists(ctl, &counted);
    if (code != CTL_OK)
        return code;
    if (counted.words > KNOWN_WORDS_MAX)
        return ctl_fail(
            ctl, CTL_NO, "list", "plus de %d millions de mots : raccourcissez vos listes", KNOWN_WORDS_MAX / 1000000);
    reading->known = known_words_new(counted.words);
    code = read_lists(ctl, reading);
    if (code == CTL_OK && reading->words != counted.words)
        return ctl_fail(ctl, CTL_NO, "list", "une liste a changé, ou ne se lit qu’une fois : donnez des fichiers");
    if (code == CTL_OK && reading->words == 0)
        return ctl_fail(ctl, CTL_NO, "list", "ces listes ne contiennent aucun mot de quatre lettres ou plus");
    if (code == CTL_OK && !known_words_save(reading->known, ctl->arguments[0], problem, sizeof problem))
        return ctl_fail(ctl, CTL_UNREACHABLE, "file", "fichier non écrit : %.400s", problem);
    return code == CTL_OK ? told(ctl, reading) : code;
}

enum ctl_exit ctl_passwords_build(const struct ctl *ctl)
{
    if (!crypto_begin())
        return ctl_fail(ctl, CTL_UNREACHABLE, "crypto", "libsodium ne fonctionne pas sur cette machine");
    struct reading reading = {0};
    enum ctl_exit code = build(ctl, &reading);
    known_words_free(&reading.known);
    return code;
}
