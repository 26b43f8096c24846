#include "template/template.h"

extern "C" {
#include "runtime/memory.h"
}

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <unistr.h>
#include <vector>

struct template_set {
    ctemplate::TemplateCache cache;
    std::set<std::string> files;
};

struct view {
    ctemplate::TemplateDictionary *dictionary;
    std::vector<std::unique_ptr<view>> inner;
    bool is_root;
    view_sayer *say;
    int language;

    view(ctemplate::TemplateDictionary *own, bool root, view_sayer *sayer, int number)
        : dictionary(own), is_root(root), say(sayer), language(number)
    {
    }
    view(const view &) = delete;
    view &operator=(const view &) = delete;
    ~view()
    {
        if (is_root) {
            delete dictionary; // inner dictionaries are the root's
        }
    }
};

namespace {

bool ends_with(const std::string &text, const std::string &end)
{
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool read_whole(const std::string &path, std::string *out_text)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    *out_text = text.str();
    return file.good() || file.eof();
}

/* Every page is escaped by context, whether its author thought of it or not. */
bool set_add(template_set *set, const std::string &name, const std::string &text, struct fault *fault)
{
    const bool is_html = ends_with(name, ".html");
    const std::string whole = is_html ? "{{%AUTOESCAPE context=\"HTML\"}}" + text : text;
    const ctemplate::Strip strip = is_html ? ctemplate::STRIP_BLANK_LINES : ctemplate::DO_NOT_STRIP;
    if (!set->cache.StringToTemplateCache(name, whole.data(), whole.size(), strip)) {
        return fault_set(fault, FAULT_FORMAT, "%s: not a template", name.c_str());
    }
    set->files.insert(name);
    return true;
}

bool set_add_file(template_set *set, const std::string &directory, const std::string &name, struct fault *fault)
{
    std::string text;
    if (!read_whole(directory + "/" + name, &text)) {
        return fault_from_errno(fault, FAULT_IO, "%s/%s", directory.c_str(), name.c_str());
    }
    return set_add(set, name, text, fault) || fault_add(fault, "%s", directory.c_str());
}

ctemplate::Strip strip_of(const std::string &name)
{
    return ends_with(name, ".html") ? ctemplate::STRIP_BLANK_LINES : ctemplate::DO_NOT_STRIP;
}

/* What may stand in a page: UTF-8 without control characters. */
std::string sound_text(const char *text)
{
    std::string sound;
    const auto *at = reinterpret_cast<const uint8_t *>(text ? text : "");
    size_t left = std::strlen(reinterpret_cast<const char *>(at));
    while (left > 0) {
        ucs4_t character = 0;
        const int length = u8_mbtoucr(&character, at, left);
        const size_t step = length > 0 ? static_cast<size_t>(length) : 1;
        if (length > 0 && (character == '\n' || (character >= 0x20 && (character < 0x7f || character > 0x9f)))) {
            sound.append(reinterpret_cast<const char *>(at), step);
        }
        at += step;
        left -= step;
    }
    return sound;
}

view *view_keep(view *outer, ctemplate::TemplateDictionary *dictionary)
{
    outer->inner.push_back(std::make_unique<view>(dictionary, false, outer->say, outer->language));
    return outer->inner.back().get();
}

} // namespace

bool template_set_load(const char *directory, struct template_set **out_set, struct fault *fault)
{
    auto set = std::make_unique<template_set>();
    DIR *list = opendir(directory);
    if (!list) {
        return fault_from_errno(fault, FAULT_IO, "%s", directory);
    }
    bool loaded = true;
    for (struct dirent *entry = readdir(list); entry && loaded; entry = readdir(list)) {
        const std::string name = entry->d_name;
        if (name[0] != '.' && (ends_with(name, ".html") || ends_with(name, ".txt"))) {
            loaded = set_add_file(set.get(), directory, name, fault);
        }
    }
    closedir(list);
    if (!loaded) {
        return false;
    }
    set->cache.Freeze(); // nothing is read from the disk any more
    *out_set = set.release();
    return true;
}

bool template_set_of_texts(
    const struct template_text *texts, size_t count, struct template_set **out_set, struct fault *fault)
{
    auto set = std::make_unique<template_set>();
    for (size_t i = 0; i < count; i++) {
        if (!set_add(set.get(), texts[i].name, std::string(texts[i].text, texts[i].length), fault)) {
            return false;
        }
    }
    set->cache.Freeze();
    *out_set = set.release();
    return true;
}

bool template_set_has(const struct template_set *set, const char *file)
{
    return set->files.count(file) != 0;
}

void template_set_free(struct template_set **set)
{
    delete *set;
    *set = nullptr;
}

struct view *view_new(void)
{
    return view_new_said(nullptr, 0);
}

struct view *view_new_said(view_sayer *say, int language)
{
    return new view(new ctemplate::TemplateDictionary("view"), true, say, language);
}

int view_language(const struct view *view)
{
    return view->language;
}

const char *view_said(const struct view *view, const char *text)
{
    return view->say && text ? view->say(view->language, text) : text;
}

void view_say(struct view *view, const char *name, const char *text)
{
    view_set(view, name, view_said(view, text));
}

void view_say_number(struct view *view, const char *name, const char *text, int number)
{
    std::string said = view_said(view, text);
    const size_t at = said.find("%d");
    if (at != std::string::npos) {
        said.replace(at, 2, std::to_string(number));
    }
    view_set(view, name, said.c_str());
}

void view_free(struct view **view)
{
    delete *view;
    *view = nullptr;
}

void view_set(struct view *view, const char *name, const char *text)
{
    view->dictionary->SetValue(name, sound_text(text));
}

void view_print(struct view *view, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = nullptr;
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        abort();
    }
    view_set(view, name, text);
    free(text);
}

void view_number(struct view *view, const char *name, int64_t number)
{
    view->dictionary->SetValue(name, std::to_string(number));
}

struct view *view_add(struct view *view, const char *part)
{
    return view_keep(view, view->dictionary->AddSectionDictionary(part));
}

void view_show(struct view *view, const char *part)
{
    view->dictionary->ShowSection(part);
}

struct view *view_include(struct view *view, const char *name, const char *file)
{
    ctemplate::TemplateDictionary *included = view->dictionary->AddIncludeDictionary(name);
    included->SetFilename(file);
    return view_keep(view, included);
}

bool template_render(const struct template_set *set, const char *file, const struct view *view, char **out_text,
    size_t *out_length, struct fault *fault)
{
    if (set->files.count(file) == 0) {
        return fault_set(fault, FAULT_MISSING, "there is no template %s", file);
    }
    std::string text;
    /* a frozen cache is not changed by an expansion; the library's signature does not say so */
    auto *cache = const_cast<ctemplate::TemplateCache *>(&set->cache);
    if (!cache->ExpandWithData(file, strip_of(file), view->dictionary, nullptr, &text)) {
        return fault_set(fault, FAULT_LIBRARY, "template %s: a template in it is missing", file);
    }
    *out_text = checked_strndup(text.data(), text.size());
    *out_length = text.size();
    return true;
}
