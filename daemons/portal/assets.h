/* Style sheets, icons and scripts: a folder whose address carries a digest of all it holds, so that browsers may keep
 * every file for a year and yet see a new version at once. */
#pragma once

#include "runtime/fault.h"
#include "runtime/http_server.h"

struct assets;

enum { ASSETS_VERSION_SIZE = 17 };

/* Reads the whole folder once for its digest. Faults: IO; LIMIT when it holds more than a portal can need; MISSING when
 * the design system was not collected into it. */
MUST_USE bool assets_open(const char *directory, struct assets **out_assets, struct fault *fault);
void assets_close(struct assets **assets);

/* "/assets/<version>", in front of a file's name. */
const char *assets_prefix(const struct assets *assets);
/* name: "<version>/file". Another version is answered too, for pages that an older portal made, and not kept. */
void assets_reply(const struct assets *assets, struct http_request *request, const char *name);
