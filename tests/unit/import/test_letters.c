#include "unit.h"

#include "import/aaf_letters.h"

#include <string.h>

static void letters_are_known_by_their_names(void **state)
{
    (void)state;
    assert_int_equal(aaf_letter("eacute"), 0xE9);
    assert_int_equal(aaf_letter("OElig"), 0x152);
    assert_int_equal(aaf_letter("euro"), 0x20AC);
    assert_int_equal(aaf_letter("Eacute"), 0xC9);
    assert_int_equal(aaf_letter("EACUTE"), 0);
    assert_int_equal(aaf_letter("klingon"), 0);
    assert_int_equal(aaf_letter(""), 0);
}

static void entities_are_read_once(void **state)
{
    (void)state;
    static const struct {
        const char *written, *read;
    } texts[] = {
        {"",                                   ""                                  },
        {"Maël",                              "Maël"                             },
        {"B&eacute;rang&egrave;re",            "Bérangère"                       },
        {"&Eacute;",                           "É"                                },
        {"L&apos;H&quot;&lt;&gt;",             "L'H\"<>"                           },
        {"M &amp; Mme",                        "M & Mme"                           },
        {"&amp;eacute;",                       "&eacute;"                          },
        {"&#233;&#xE9;&#XE9;&#8364;",          "ééé€"                         },
        {"&#x1F600;",                          "😀"                              },
        {"M & Mme",                            "M & Mme"                           },
        {"&",                                  "&"                                 },
        {"a&",                                 "a&"                                },
        {"&;",                                 "&;"                                },
        {"&#;",                                "&#;"                               },
        {"&#x;",                               "&#x;"                              },
        {"&#12a;",                             "&#12a;"                            },
        {"&#0;&#1;&#xD800;&#xFFFF;&#x110000;", "&#0;&#1;&#xD800;&#xFFFF;&#x110000;"},
        {"&#99999999999999999999;",            "&#99999999999999999999;"           },
        {"&eacute",                            "&eacute"                           },
        {"&klingon;",                          "&klingon;"                         },
        {"&thetasym;",                         "ϑ"                                },
        {"&&eacute;",                          "&é"                               },
        {"&Mu;&mu;",                           "Μμ"                              },
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[64];
        strcpy(text, texts[i].written);
        size_t length = aaf_letters_read(text, strlen(text));
        text[length] = '\0';
        assert_string_equal(text, texts[i].read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_known_by_their_names),
        cmocka_unit_test(entities_are_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
