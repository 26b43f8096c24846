/* A name of a host that leads where a file says, again at each look: for LD_PRELOAD, before a daemon under test. PREAU_NAME is the name,
 * PREAU_NAME_FILE holds its address. No file of the machine is changed, so that it needs no right that a user has not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int address_read(char out_address[64])
{
    const char *path = getenv("PREAU_NAME_FILE");
    FILE *file = path ? fopen(path, "re") : NULL;
    int is_read = file && fgets(out_address, 64, file);
    if (file) {
        fclose(file);
    }
    return is_read;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        dlsym(RTLD_NEXT, "getaddrinfo");
    const char *ours = getenv("PREAU_NAME");
    char address[64];
    int is_ours = name && ours && strcmp(name, ours) == 0 && address_read(address);
    return real(is_ours ? address : name, service, hints, out);
}
