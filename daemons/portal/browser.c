#include "portal/browser.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct mark {
    const char *mark, *name;
};

/* The first that is found: all call themselves Safari, most Chrome. */
static const struct mark browsers[] = {
    {"Edg",      "Edge"    },
    {"OPR/",     "Opera"   },
    {"Firefox/", "Firefox" },
    {"FxiOS/",   "Firefox" },
    {"Chromium", "Chromium"},
    {"Chrome/",  "Chrome"  },
    {"CriOS/",   "Chrome"  },
    {"Safari/",  "Safari"  },
    {NULL,       NULL      },
};
static const struct mark systems[] = {
    {"Android",   "Android" },
    {"iPhone",    "iPhone"  },
    {"iPad",      "iPad"    },
    {"Windows",   "Windows" },
    {"Macintosh", "Mac"     },
    {"CrOS",      "ChromeOS"},
    {"Linux",     "Linux"   },
    {NULL,        NULL      },
};

static const char *find(const struct mark *marks, const char *text)
{
    for (; marks->mark; marks++) {
        if (strstr(text, marks->mark)) {
            return marks->name;
        }
    }
    return NULL;
}

void browser_name(const char *user_agent, char out_name[BROWSER_SIZE])
{
    const char *browser = user_agent ? find(browsers, user_agent) : NULL;
    const char *system = user_agent ? find(systems, user_agent) : NULL;
    snprintf(out_name, BROWSER_SIZE, "%s%s%s", browser ? browser : "Navigateur inconnu", system ? " sur " : "",
        system ? system : "");
}
