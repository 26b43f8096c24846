#include "notify/mail_template.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = (1 + MAIL_LANGUAGES_MAX) * 2 * MAIL_TEMPLATE_COUNT + 1, TEXT_MAX = 64 * 1024, PATH_SIZE = 4096 };

static const char frame[] = "mail.html";

struct loading {
    const struct mail_template_folders *folders;
    struct template_text texts[FILES_MAX];
    char *bytes[FILES_MAX];
    char names[FILES_MAX][MAIL_TEMPLATE_FILE_SIZE];
    size_t count;
};

static void loading_clear(struct loading *loading)
{
    for (size_t i = 0; i < loading->count; i++) {
        memory_free(&loading->bytes[i]);
    }
}

static void path_of(const char *folder, const char *file, char out_path[PATH_SIZE])
{
    snprintf(out_path, PATH_SIZE, "%s/%s", folder, file);
}

bool mail_template_is_copied(const struct mail_template_folders *folders, const char *file)
{
    char path[PATH_SIZE];
    path_of(folders->copies, file, path);
    return folders->copies[0] != '\0' && access(path, F_OK) == 0;
}

static bool read_whole(const char *path, char **out_text, size_t *out_length, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return fault_from_errno(fault, FAULT_IO, "%s", path);
    }
    char *text = checked_calloc(TEXT_MAX + 1, 1);
    *out_length = fread(text, 1, TEXT_MAX + 1, file);
    bool was_read = !ferror(file);
    fclose(file);
    if (!was_read || *out_length > TEXT_MAX) {
        memory_free(&text);
        return fault_set(fault, FAULT_IO, "%s: %s", path, was_read ? "trop long" : "illisible");
    }
    *out_text = text;
    return true;
}

/* True: whoever loads was told, and it goes on without. */
static bool left_aside(const struct loading *loading, const struct fault *fault)
{
    if (loading->folders->heard) {
        loading->folders->heard(loading->folders->arg, fault);
    }
    return loading->folders->heard != NULL;
}

static bool file_add_from(struct loading *loading, const char *folder, const char *file, struct fault *fault)
{
    char path[PATH_SIZE];
    char *text = NULL;
    size_t length = 0;
    path_of(folder, file, path);
    if (!read_whole(path, &text, &length, fault)) {
        return false;
    }
    if (!mail_template_check(path, text, length, fault)) {
        memory_free(&text);
        return false;
    }
    char *name = loading->names[loading->count];
    snprintf(name, MAIL_TEMPLATE_FILE_SIZE, "%s", file);
    loading->bytes[loading->count] = text;
    loading->texts[loading->count++] = (struct template_text){name, text, length};
    return true;
}

static bool file_add(struct loading *loading, const char *language, const char *file, struct fault *fault)
{
    const struct mail_template_folders *folders = loading->folders;
    bool is_copied = mail_template_is_copied(folders, file);
    if (is_copied) {
        if (file_add_from(loading, folders->copies, file, fault)) {
            return true;
        }
        if (!left_aside(loading, fault)) {
            return false;
        }
    }
    bool is_spare = language[0] != '\0' && folders->heard; /* mails can do without it */
    return file_add_from(loading, folders->own, file, fault) || (is_spare && (is_copied || left_aside(loading, fault)));
}

static bool language_add(struct loading *loading, const char *language, struct fault *fault)
{
    static const char *const suffixes[] = {".txt", ".html"};
    for (size_t i = 0; i < MAIL_TEMPLATE_COUNT; i++) {
        for (size_t suffix = 0; suffix < 2; suffix++) {
            char file[MAIL_TEMPLATE_FILE_SIZE];
            mail_template_file(language, mail_templates[i].name, suffixes[suffix], file);
            if (!file_add(loading, language, file, fault)) {
                return false;
            }
        }
    }
    return true;
}

static bool is_file_of_ours(const char *name)
{
    char base[PATH_SIZE];
    snprintf(base, sizeof base, "%s", name);
    char *dot = strrchr(base, '.');
    if (!dot || (strcmp(dot, ".txt") != 0 && strcmp(dot, ".html") != 0)) {
        return true; /* a note, a copy that an editor keeps: not meant as a template */
    }
    *dot = '\0';
    return mail_template_named(base) != NULL || strcmp(name, frame) == 0;
}

/* A name with a fault in it would change nothing, and nobody would know. */
static bool names_check(const struct loading *loading, const char *folder, struct fault *fault)
{
    DIR *list = folder[0] != '\0' ? opendir(folder) : NULL;
    bool are_right = true;
    for (struct dirent *entry = list ? readdir(list) : NULL; entry && are_right; entry = readdir(list)) {
        if (entry->d_name[0] != '.' && !is_file_of_ours(entry->d_name)) {
            fault_set(fault, FAULT_FORMAT, "%s/%s: aucun courriel n’a ce nom", folder, entry->d_name);
            fault_hint(fault, "« preauctl mail list » dit les noms ; chacun a un fichier .txt et un fichier .html.");
            are_right = left_aside(loading, fault);
        }
    }
    if (list) {
        closedir(list);
    }
    return are_right;
}

static bool all_add(struct loading *loading, const char *const *languages, size_t language_count, struct fault *fault)
{
    char folder[PATH_SIZE];
    if (!names_check(loading, loading->folders->copies, fault) || !file_add(loading, "", frame, fault) ||
        !language_add(loading, "", fault)) {
        return false;
    }
    for (size_t i = 0; i < language_count; i++) {
        path_of(loading->folders->copies, languages[i], folder);
        if ((loading->folders->copies[0] != '\0' && !names_check(loading, folder, fault)) ||
            !language_add(loading, languages[i], fault)) {
            return false;
        }
    }
    return true;
}

bool mail_template_load(const struct mail_template_folders *folders, const char *const *languages,
    size_t language_count, struct template_set **out_sets, size_t set_count, struct fault *fault)
{
    struct loading *loading = checked_calloc(1, sizeof *loading);
    loading->folders = folders;
    bool loaded = all_add(loading, languages, language_count, fault);
    for (size_t i = 0; loaded && i < set_count; i++) {
        loaded = template_set_of_texts(loading->texts, loading->count, &out_sets[i], fault);
    }
    loading_clear(loading);
    memory_free(&loading);
    return loaded;
}
