/* Where the compiler has no libFuzzer: the inputs of a corpus, once each. Arguments: folders; what starts with a hyphen
 * is for libFuzzer and left alone. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>

enum { INPUT_MAX = 1 << 20 };

static int replay_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "re");
    if (!file) {
        perror(path);
        return 1;
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* of its own, so that a sanitizer sees a read past its end */
    uint8_t *input = malloc(length);
    for (size_t i = 0; input && i < length; i++) {
        input[i] = bytes[i];
    }
    LLVMFuzzerTestOneInput(input, length);
    free(input);
    return 0;
}

/* Gives how many were replayed, 0 when something is wrong. */
static unsigned replay_folder(const char *folder)
{
    unsigned count = 0;
    DIR *list = opendir(folder);
    if (!list) {
        perror(folder);
        return 0;
    }
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && replay_file(path) == 0) {
            count++;
        }
    }
    closedir(list);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        unsigned count = argv[i][0] == '-' ? 1 : replay_folder(argv[i]);
        if (count == 0) {
            fprintf(stderr, "%s: nothing to replay\n", argv[i]);
            return 1;
        }
    }
    return 0;
}
