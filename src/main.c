/*
 * main.c — the command line: a table of flags, one function each. Every setting is a flag too
 * (src/settings/settings.h); with no command, Carrel serves.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "base/version.h"
#include "commands.h"
#include "settings/settings_service.h"

#define USAGE_ERROR 2
#define MALLOC_ARENAS 2 /* glibc would give each of many threads its own, and memory with it */

static command show_help;
static command show_version;

/* Commands have a function; the others only say how. */
struct option {
    const char *name;
    const char *value; /* what stands after it, for --help; NULL: nothing */
    const char *help;
    command *run;
    const char *with; /* the only commands it says something to, parted by a space */
};

static const struct option options[] = {
    {"seed", "SCENARIO", "fill an empty library with a demonstration (minimal … county_scale)", command_seed},
    {"force", NULL, "with --seed and --restore: replace what is there", .with = "seed restore"},
    {"random-seed", "N", "with --seed: the same N gives the same library", .with = "seed"},
    {"backup", "FILE|DIR", "make a verified copy, also while people work", command_backup},
    {"seal", NULL, "with --backup: only a passphrase, which is asked for, opens it", .with = "backup"},
    {"restore", "FILE", "put a backup in the library's place; what stood there is kept beside it",
     command_restore},
    {"until", "TIME",
     "with --restore: go on from the backup to this moment, \"2026-11-22 14:30\", or to the latest",
     .with = "restore"},
    {"import", "FILE", "add what is in a file, CSV or MARC; it can be undone in the browser", command_import},
    {"dry-run", NULL, "with --import: say what would happen, change nothing", .with = "import"},
    {"export", "FILE|DIR/", "write records for another system: .csv .tsv .mrc .xml, or all into a folder",
     command_export},
    {"kind", "KIND", "with --import and --export: titles, copies, members or loans (open ones)",
     .with = "import export"},
    {"profile", "NAME", "with --import: how the file is to be taken, as an import profile says",
     .with = "import"},
    {"check", NULL, "check that everything in the library agrees", command_check},
    {"rebuild", NULL, "with --check: first write all derived figures anew", .with = "check"},
    {"full", NULL, "with --check: look at every index entry and at the words that are searched, too",
     .with = "check"},
    {"repair", NULL, "with --check: put right what can be made anew from the records, and check again",
     .with = "check"},
    {"compact", NULL, "write the file of a resting library anew, without the room that was given up",
     command_compact},
    {"salvage", "FILE", "save what can be read of a damaged library into a new file", command_salvage},
    {"create-admin", "NAME", "make an administrator; the password is asked for, or read from standard input",
     command_create_admin},
    {"reset-password", "NAME", "set the password of an account, in the same way", command_reset_password},
    {"health", NULL, "ask the running server how it is", command_health},
    {"config", NULL, "print every setting and where it comes from", command_config},
    {"routes", NULL, "print every address of the server", command_routes},
    {"openapi", NULL, "print the description of the API (OpenAPI 3.1)", command_openapi},
    {"version", NULL, "print the version", show_version},
    {"help", NULL, "print this", show_help},
};

#define OPTION_COUNT (sizeof options / sizeof options[0])

static int show_version(const struct command_line *line)
{
    (void)line;
    printf("carrel %s\n", CARREL_VERSION);
    return 0;
}

static int show_help(const struct command_line *line)
{
    struct app app;
    struct setting_state state;

    (void)line;
    printf(
        "Carrel: a whole small library in one file. With no command it serves library.db of this directory\n"
        "and prints where.\n\nUsage: carrel [SETTING…] [COMMAND]\n\nCommands\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[48];
        snprintf(name, sizeof name, "--%s%s%s", options[i].name, options[i].value ? " " : "",
                 options[i].value ? options[i].value : "");
        printf("  %-24s %s\n", name, options[i].help);
    }
    printf("\nSettings (--name VALUE, or CARREL_NAME in the environment or in .env beside the library)\n");
    app_init(&app);
    for (size_t i = 0; i < SETTING_COUNT && settings_describe(&app.ctx, i, &state) == OK; i++) {
        char name[48];
        snprintf(name, sizeof name, "--%s", state.name);
        for (char *c = name; *c; c++)
            *c = *c == '_' ? '-' : *c;
        printf("  %-31s %s\n", name, state.meaning);
    }
    app_close(&app);
    printf("\nExit status: 0 done, 1 the work or check failed, 2 wrong usage.\n");
    return 0;
}

/* ---- reading the command line ------------------------------------------------------------------------------- */

struct parse {
    char **arguments; /* what is left */
    struct command_line line;
    command *run;
    bool given[OPTION_COUNT];
    bool log_level_given;
};

static int refuse(const char *what, const char *value, const char *advice)
{
    fprintf(stderr, "carrel: %s%s%s. %s\n", what, value ? " " : "", value ? value : "", advice);
    return USAGE_ERROR;
}

static const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

static bool parse_random_seed(const char *text, uint64_t *out_seed)
{
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-')
        return false;
    *out_seed = value;
    return true;
}

static int take_option(struct parse *parse, const struct option *option, const char *value)
{
    parse->given[option - options] = true;
    if (option->run && parse->run)
        return refuse("one command at a time: --", option->name, "See carrel --help");
    if (option->run) {
        parse->run = option->run;
        parse->line.argument = value;
        return 0;
    }
    if (strcmp(option->name, "force") == 0)
        parse->line.force = true;
    else if (strcmp(option->name, "dry-run") == 0)
        parse->line.dry_run = true;
    else if (strcmp(option->name, "rebuild") == 0)
        parse->line.rebuild = true;
    else if (strcmp(option->name, "full") == 0)
        parse->line.full = true;
    else if (strcmp(option->name, "repair") == 0)
        parse->line.repair = true;
    else if (strcmp(option->name, "until") == 0)
        parse->line.until = value;
    else if (strcmp(option->name, "kind") == 0)
        parse->line.kind = value;
    else if (strcmp(option->name, "profile") == 0)
        parse->line.profile = value;
    else if (strcmp(option->name, "seal") == 0)
        parse->line.seal = true;
    else if (!value || !parse_random_seed(value, &parse->line.random_seed))
        return refuse("--random-seed: not a whole number:", value, "Give one from 0 up");
    return 0;
}

/* Is the command one of those that the option says something to? */
static bool goes_with(const struct option *option, command *run)
{
    char words[32];
    char *rest = words;
    const char *word;

    snprintf(words, sizeof words, "%s", option->with);
    while ((word = strsep(&rest, " ")))
        if (find_option(word)->run == run)
            return true;
    return false;
}

/* "carrel --dry-run" must not serve: whoever says how has forgotten what. */
static int check_modifiers(const struct parse *parse)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        if (!parse->given[i] || !option->with || goes_with(option, parse->run))
            continue;
        const char *second = strchr(option->with, ' ');
        int first = (int)strcspn(option->with, " ");
        fprintf(stderr, "carrel: --%s goes with --%.*s%s%s only. See carrel --help\n", option->name, first,
                option->with, second ? " and --" : "", second ? second + 1 : "");
        return USAGE_ERROR;
    }
    return 0;
}

static int take_setting(struct parse *parse, enum setting setting, const char *value)
{
    char *problem = NULL;

    parse->log_level_given |= setting == SETTING_LOG_LEVEL;
    if (settings_override(setting, value, SOURCE_FLAG, &problem))
        return 0;
    fprintf(stderr, "carrel: %s\n", problem);
    free(problem);
    return USAGE_ERROR;
}

/* One flag with its value, "--name value" or "--name=value"; moves on past it. */
static int take_flag(struct parse *parse)
{
    char *flag = *parse->arguments++;
    enum setting setting;

    if (strncmp(flag, "--", 2) != 0)
        return refuse("not understood:", flag, "Flags begin with --; see carrel --help");
    char *name = flag + 2;
    char *value = strchr(name, '=');
    if (value)
        *value++ = '\0';
    const struct option *option = find_option(name);
    if (!option && !settings_find(name, &setting))
        return refuse("unknown flag", flag, "See carrel --help");
    bool wants_value = !option || option->value;
    if (!wants_value && value)
        return refuse("no value goes with", flag, "See carrel --help");
    if (wants_value && !value && !(value = *parse->arguments))
        return refuse("a value is missing after", flag, "See carrel --help");
    if (wants_value && value == *parse->arguments)
        parse->arguments++;
    return option ? take_option(parse, option, value) : take_setting(parse, setting, value);
}

static int load_environment(const char *library_path)
{
    char *problem = NULL;

    if (settings_load_environment(library_path, &problem))
        return 0;
    fprintf(stderr, "carrel: %s\n", problem);
    free(problem);
    return USAGE_ERROR;
}

int main(int argument_count, char **arguments)
{
    struct parse parse = {.arguments = arguments + (argument_count > 0), .line = {.random_seed = 1}};
    enum log_level level;
    int status = 0;

    process_note_start();
    signal(SIGPIPE, SIG_IGN);
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    while (status == 0 && *parse.arguments)
        status = take_flag(&parse);
    if (status == 0)
        status = check_modifiers(&parse);
    if (status == 0)
        status = load_environment(NULL);
    if (status == 0)
        status = load_environment(settings_process_text(SETTING_DB));
    if (status != 0)
        return status;
    /* A command says what it did in its own words; only a server's log is of interest line by line. */
    if (parse.run && !parse.log_level_given)
        log_set_level(LOG_WARN);
    else if (log_level_parse(settings_process_text(SETTING_LOG_LEVEL), &level))
        log_set_level(level);
    return (parse.run ? parse.run : command_serve)(&parse.line);
}
