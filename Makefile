# Carrel: every task. `make help` lists them; all output goes to build/.
#
# Settings:  V=1        show whole commands              CC=clang   another compiler (see also `make clang`)
#            ARGS=…     more flags for `make run`        TEST=…     only these files, for test-unit/-api/-browser
#            ACTS=… SEED=…  how many acts `make test-model` does, and which
#            VARIANT=…  release, clang, sanitize, race, coverage or fuzz (the targets of those names set it);
#                       arm64 and armhf are the release for another machine (`make package` sets it)

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

VARIANT ?= release
JOBS := $(shell nproc 2>/dev/null || echo 2)
Q := $(if $(V),,@)
say = @$(if $(V),:,printf '  %-6s %s\n' '$(1)' '$(2)')

# ---- what differs between the variants ---------------------------------------------------------------

# For another machine: Debian's cross compiler, and its -dev packages unpacked beside ours (vendor/apt-source.sh).
CROSS_arm64 := aarch64-linux-gnu
CROSS_armhf := arm-linux-gnueabihf
CROSS := $(CROSS_$(VARIANT))
SYSROOT := $(if $(CROSS),build/vendor/sysroot-$(VARIANT))
TOOL = $(if $(CROSS),$(CROSS)-)$(1)

ifeq ($(origin CC),default)
CC := $(if $(filter clang fuzz,$(VARIANT)),clang,$(call TOOL,gcc))
endif
# What runs while building is for this machine.
HOST_CC := $(if $(CROSS),gcc,$(CC))

ifeq ($(VARIANT),release)
O := build/obj
BINARY := build/carrel
else
O := build/$(VARIANT)/obj
BINARY := build/$(VARIANT)/carrel
endif

# The same hardening as vendor/common.sh gives the libraries.
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
MACHINE_arm64 := aarch64
MACHINE_armhf := armv7
MACHINE := $(or $(MACHINE_$(VARIANT)),$(shell uname -m))
HARDENING += $(if $(filter x86_64,$(MACHINE)),-fcf-protection) $(if $(filter aarch64,$(MACHINE)),-mbranch-protection=standard)

# One static, position-independent program: it runs in an empty folder, and its addresses are random all the same.
# --wrap=dlopen: see vendor/static_libc.c. The linker has no warning left to give.
STATIC := -static-pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--gc-sections -Wl,--build-id=sha1 -Wl,--wrap=dlopen -Wl,--fatal-warnings
PLAIN := -Wl,-z,relro,-z,now

# Sanitizer builds link dynamically: their run-time libraries do not work in a static program.
OPTIMISE_release := -O2 -g $(HARDENING)
OPTIMISE_clang := $(OPTIMISE_release)
OPTIMISE_arm64 := $(OPTIMISE_release)
# 32 bits, and yet days after January 2038 (glibc's manual, "Feature Test Macros").
OPTIMISE_armhf := $(OPTIMISE_release) -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
OPTIMISE_sanitize := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
OPTIMISE_race := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
OPTIMISE_coverage := -O0 -g --coverage -fprofile-abs-path -fprofile-update=atomic
# The program alone: a fuzz target is linked with libFuzzer (below).
OPTIMISE_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK_release := $(STATIC)
LINK_clang := $(STATIC)
LINK_arm64 := $(STATIC) -L$(SYSROOT)/usr/lib/$(CROSS)
# Its C library has no start for a static program at a random address (rcrt1.o).
LINK_armhf := $(patsubst -static-pie,-static,$(STATIC)) -L$(SYSROOT)/usr/lib/$(CROSS)
LINK_sanitize := $(PLAIN) -fsanitize=address,undefined
LINK_race := $(PLAIN) -fsanitize=thread
LINK_coverage := $(PLAIN) --coverage
LINK_fuzz := $(PLAIN) -fsanitize=address,undefined
VENDOR_sanitize := sanitize
VENDOR_race := race
VENDOR_arm64 := arm64
VENDOR_armhf := armhf
VENDOR_VARIANT := $(or $(VENDOR_$(VARIANT)),release)
IS_STATIC := $(filter release clang arm64 armhf,$(VARIANT))
$(if $(OPTIMISE_$(VARIANT)),,$(error VARIANT=$(VARIANT) is not one of release clang sanitize race coverage fuzz arm64 armhf))

# ---- compiling ---------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Werror
# Rows of tables (routes, filters) leave their last columns out: unset is zero, and zero is the default.
WARNINGS += -Wno-missing-field-initializers
# `assert(!"why")` is an idiom; clang's -Wconversion frowns at it.
WARNINGS += $(if $(findstring clang,$(CC)),-Wno-string-conversion)
# Instrumented code confuses this one of GCC (its manual says so); the release build has it on.
WARNINGS += $(if $(IS_STATIC)$(findstring clang,$(CC)),,-Wno-maybe-uninitialized)
# A worker's stack has 256 KiB (vendor/civetweb.sh); a sanitizer's frames are larger.
WARNINGS += $(if $(IS_STATIC),-Wframe-larger-than=32768)
VENDOR_NAMES := sqlite civetweb libscrypt yaz
# -isystem: other people's headers are not held to our warnings.
CPPFLAGS := -std=c11 -D_GNU_SOURCE -Isrc $(VENDOR_NAMES:%=-isystem build/vendor/%/include) \
            $(if $(SYSROOT),-isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/$(CROSS))
# The folder this is built in leaves no trace, neither in names of files (the last map is tried first) nor in debugging information.
CFLAGS = $(OPTIMISE_$(VARIANT)) $(WARNINGS) -fPIE -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(CURDIR)/=
BANNED := $(addprefix -include ,$(wildcard src/base/banned.h))
LDFLAGS = $(LINK_$(VARIANT))
# vendor/linked.list: packages of Debian's, and the archives in them.
LINKED_PACKAGES := $(shell awk '/^[a-z]/ { print $$1 }' vendor/linked.list)
LINKED := $(shell awk '/^[a-z]/ { $$1 = ""; print }' vendor/linked.list)
LDLIBS := $(LINKED:%=-l%) -lm -pthread
ARCHIVES := $(if $(IS_STATIC),$(wildcard $(LINKED:%=$(SYSROOT)/usr/lib/$(or $(CROSS),$(shell gcc -print-multiarch 2>/dev/null))/lib%.a) \
            $(if $(CROSS),/usr/$(CROSS)/lib/libc.a,/usr/lib/$(shell gcc -print-multiarch 2>/dev/null)/libc.a)))

vendor_lib = build/vendor/$(1)/lib$(patsubst %,-%,$(filter-out release,$(VENDOR_VARIANT)))/lib$(or $(LIBRARY_$(1)),$(1)).a
LIBRARY_sqlite := sqlite3
LIBRARY_libscrypt := scrypt
VENDOR_LIBS := $(foreach name,$(VENDOR_NAMES),$(call vendor_lib,$(name)))

SOURCES := $(filter-out src/tools/%,$(wildcard src/*.c src/*/*.c))
GENERATED := build/gen/assets_data.c build/gen/schema_data.c build/gen/migrations_data.c \
             $(if $(wildcard src/seeder/seed_files.h),build/gen/seed_data.c)
OBJECTS := $(SOURCES:%.c=$(O)/%.o) $(GENERATED:build/%.c=$(O)/%.o)
MAIN := $(O)/src/main.o
LIBCARREL := $(O)/libcarrel.a
# What replaces libc's name look-ups and dlopen in a static program (vendor/static_libc.c says why).
STATIC_LIBC := $(if $(IS_STATIC),$(O)/vendor/static_libc.o)

.PHONY: all
all: $(BINARY) ## build the program: build/carrel (after `make deps`, needs no network)

$(O)/src/%.o: src/%.c Makefile | $(VENDOR_LIBS)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(BANNED) $(CFLAGS) -MMD -MP -c $< -o $@

# Generated tables are long string literals; nothing else is excused.
$(O)/gen/%.o: build/gen/%.c Makefile | $(VENDOR_LIBS)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-overlength-strings -MMD -MP -c $< -o $@

$(O)/vendor/%.o: vendor/%.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(LIBCARREL): $(filter-out $(MAIN),$(OBJECTS)) $(O)/objects.list
	@rm -f $@
	$(Q)$(call TOOL,ar) rcsD $@ $(filter %.o,$^)

# Changes when a source file comes or goes, so that a removed one does not live on in the archive.
$(O)/objects.list: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJECTS)' | cmp -s - $@ || echo '$(OBJECTS)' >$@
.PHONY: FORCE

# Changes when Debian's archives do, so that an upgrade of theirs is linked in: its date is the package's, not today.
# Several makes may look at once (the phases of a test run): each writes a file of its own.
$(O)/archives.list: FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; $(if $(ARCHIVES),stat --dereference --format='%n %s %Y' $(ARCHIVES),true) >$$new; if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi

$(BINARY).debug: $(MAIN) $(LIBCARREL) $(STATIC_LIBC) $(VENDOR_LIBS) $(O)/archives.list
	$(call say,LINK,$(BINARY))
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(MAIN) $(STATIC_LIBC) $(LIBCARREL) $(VENDOR_LIBS) $(LDLIBS) -o $@

# The program people get is stripped; its symbols stay beside it for gdb and for reading a core file.
# (Sanitizer and coverage builds keep theirs: reports name lines.)
$(BINARY): $(BINARY).debug
	$(Q)$(if $(IS_STATIC),$(call TOOL,strip) --strip-all -o $@ $<,cp $< $@)

-include $(OBJECTS:.o=.d)

# ---- libraries compiled from source (vendor/) --------------------------------------------------------

define vendor_rule
$(call vendor_lib,$(1)): vendor/$(1).sh vendor/common.sh vendor/versions.lock
	$(Q)CC="$(CC)" vendor/$(1).sh $(VENDOR_VARIANT)
endef
$(foreach name,$(VENDOR_NAMES),$(eval $(call vendor_rule,$(name))))

# ---- texts and pages compiled in ---------------------------------------------------------------------

EMBED := build/tools/embed

$(EMBED): src/tools/embed.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=c11 -D_GNU_SOURCE -O2 $(WARNINGS) $< -o $@

# `make` runs this only when its text differs, so that a touched file does not compile everything again.
define generate
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(1) >$@.new && if cmp -s $@.new $@; then rm $@.new; touch $@; else mv $@.new $@; fi
endef

build/gen/schema_data.c: $(EMBED) $(wildcard schema.sql)
	$(call generate,$(EMBED) schema $(wildcard schema.sql))

MIGRATIONS := $(sort $(wildcard src/db/migrations/*.sql))
build/gen/migrations_data.c: $(EMBED) $(MIGRATIONS) $(wildcard src/db/migrations)
	$(call generate,$(EMBED) migrations $(MIGRATIONS))

SEED_FILES := $(sort $(wildcard seed/*.txt))
build/gen/seed_data.c: $(EMBED) $(SEED_FILES) $(wildcard seed)
	$(call generate,$(EMBED) seed $(SEED_FILES))

# The pages: npm builds them into build/assets. Folders are listed so that a removed file counts as a change.
# Without assets/build.mjs the table is empty.
ASSET_SOURCES := $(if $(wildcard assets/build.mjs),$(shell find assets -name node_modules -prune -o -print))
ASSETS_BUILT := $(if $(wildcard assets/build.mjs),build/assets/.built)

assets/node_modules/.package-lock.json: assets/package-lock.json
	$(call say,NPM,assets)
	$(Q)cd assets && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error && touch node_modules/.package-lock.json

tests/node_modules/.package-lock.json: tests/package-lock.json
	$(call say,NPM,tests)
	$(Q)cd tests && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error && touch node_modules/.package-lock.json

build/assets/.built: $(ASSET_SOURCES) | assets/node_modules/.package-lock.json
	$(call say,NPM,build/assets)
	@rm -rf build/assets && mkdir -p build
	$(Q)cd assets && npm run --silent build
	@touch $@

build/gen/assets_data.c: $(EMBED) $(ASSETS_BUILT)
	@rm -rf build/gen/gzip && mkdir -p build/assets build/gen/gzip
	@cd build/assets && find . -type f ! -name '.*' | while read -r file; do \
	    mkdir -p "../gen/gzip/$$(dirname "$$file")" && gzip -9nc "$$file" >"../gen/gzip/$$file.gz" || exit 1; done
	$(call generate,$(EMBED) assets build/assets build/gen/gzip)

# ---- getting ready, running --------------------------------------------------------------------------

.PHONY: help deps deps-test renew run
help: ## show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what building and running need (asks for sudo only when something is missing)
	@vendor/deps.sh build

deps-test: ## the same for `make test` and `make check`
	@vendor/deps.sh build test

renew: ## what is linked in, in the newest revision that Debian has (security updates); `make package` does it as well
	@vendor/deps.sh build renew

DEMO := build/demo/library.db
run: deps ## install what is missing, build, fill a demo library once, serve it to this machine, without accounts
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@mkdir -p $(dir $(DEMO))
	@[ -f $(DEMO) ] || $(BINARY) --db $(DEMO) --seed minimal
	@exec $(BINARY) --db $(DEMO) --auth off $(ARGS)

# ---- tests -------------------------------------------------------------------------------------------

UNIT_SOURCES := $(wildcard tests/unit/test_*.c tests/unit/*/test_*.c)
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(O)/%)
UNIT_SUPPORT := $(patsubst %.c,$(O)/%.o,$(wildcard tests/support/*.c tests/unit/support/*.c))
.SECONDARY: $(UNIT_SUPPORT) $(UNIT_PROGRAMS:%=%.o)

# cmocka's macros cast every argument to one wide type: conversion warnings say nothing there.
$(O)/tests/%.o: tests/%.c Makefile | $(VENDOR_LIBS)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -Wno-conversion -Wno-sign-conversion -Wno-missing-prototypes -MMD -MP -c $< -o $@

# Tests link dynamically: cmocka comes as a shared library.
$(UNIT_PROGRAMS): %: %.o $(UNIT_SUPPORT) $(LIBCARREL) $(VENDOR_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(if $(IS_STATIC),-pie,$(LDFLAGS)) $< $(UNIT_SUPPORT) $(LIBCARREL_LINK) $(VENDOR_LIBS) -lcmocka $(LDLIBS) -o $@

LIBCARREL_LINK = $(LIBCARREL)
# It walks all statements of the program, so all objects must be in it, called or not.
$(O)/tests/unit/test_statements: LIBCARREL_LINK = -Wl,--whole-archive $(LIBCARREL) -Wl,--no-whole-archive

-include $(UNIT_PROGRAMS:=.d) $(UNIT_SUPPORT:.o=.d)

# How a sanitizer speaks up: end at the first finding, with a status no test expects.
SANITIZER_ENV := ASAN_OPTIONS=abort_on_error=0:exitcode=99:detect_leaks=1:strict_string_checks=1 \
                 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99 \
                 TSAN_OPTIONS=halt_on_error=1:exitcode=99:second_deadlock_stack=1:suppressions=$(CURDIR)/tests/check/tsan.supp
TEST_ENV := CARREL_BINARY=$(abspath $(BINARY)) $(SANITIZER_ENV)
# TEST=tests/api/borrows.test.mjs runs that file alone; without it all run, and all of /openapi.json must be covered.
API_TESTS := $(wildcard tests/api/*.test.mjs)
API_COMMAND = $(TEST_ENV) node tests/support/run-api.mjs $(TEST)
CHROOT_COMMAND = CARREL_CHROOT=1 $(API_COMMAND)
BROWSER_TESTS = $(or $(TEST),$(sort $(wildcard tests/browser/*.test.mjs)))
# By a name that browsers do not trust over plain http; offline.test.mjs is by trusted ones as well.
BROWSER_COMMAND = $(TEST_ENV) CARREL_PAGE_NAME=library.test node --test --test-concurrency=2 $(BROWSER_TESTS)

CUT_POWER := build/durability/cut_power
DURABILITY_ENV = CARREL_BINARY=$(abspath $(BINARY)) CUT_POWER=$(abspath $(CUT_POWER))

# Runs targets one after another, each in a make of its own, and prints how long each took; a+b side by side.
PHASES := MAKE="$(MAKE)" JOBS=$(JOBS) tests/check/phases.sh

.PHONY: test test-unit test-api test-model test-browser test-chroot test-durability
test: ## install what is missing, build, and run all tests below
	@$(PHASES) deps-test all test-programs test-unit+test-fuzz test-api+test-browser test-chroot+test-model+test-durability test-soak

test-unit: $(UNIT_PROGRAMS) ## unit tests (cmocka); TEST=name runs programs whose path has that in it
	@$(TEST_ENV) tests/check/run-unit.sh $(if $(TEST),$(foreach t,$(TEST),$(foreach p,$^,$(if $(findstring $(t),$(p)),$(p)))),$(UNIT_PROGRAMS))

test-api: all tests/node_modules/.package-lock.json ## API tests against the real program
	@$(if $(API_TESTS),$(API_COMMAND),echo "no API tests yet")

test-model: all tests/node_modules/.package-lock.json ## circulation against a small model of it (ACTS=50000 SEED=n for another walk)
	@$(TEST_ENV) ACTS=$(ACTS) SEED=$(SEED) node tests/model/run.mjs

test-browser: all tests/node_modules/.package-lock.json ## browser tests, one file per task of a person (BROWSER_LATENCY_MS=300: each answer, timer and frame so much later)
	@$(if $(BROWSER_TESTS),$(BROWSER_COMMAND),echo "no browser tests yet")

test-chroot: all tests/node_modules/.package-lock.json ## API tests with the program in an empty root folder (needs root)
	@$(if $(API_TESTS),$(CHROOT_COMMAND),echo "no API tests yet")

test-durability: all $(CUT_POWER) ## a little of everything that `make durability` tries (root for the rest)
	@$(DURABILITY_ENV) DURABILITY=quick node tests/durability/table.mjs

.PHONY: screenshots sheets
screenshots: tests/node_modules/.package-lock.json ## the pictures and the recording of README and docs, into docs/pictures (SHOTS=desk: only those)
	@vendor/deps.sh build test pictures
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(TEST_ENV) SHOTS=$(SHOTS) node tests/browser/screenshots.mjs

sheets: all tests/node_modules/.package-lock.json ## every screen at three widths in both themes, into build/sheets (SHOTS=/settings: only those)
	@$(TEST_ENV) SHOTS=$(SHOTS) node tests/browser/sheets.mjs

.PHONY: test-pi
test-pi: ## the desk, the search and a browser on a small machine: 256 MiB, slow fsync (root; PI_MIB=256 PI_SYNC_MS=15)
	@$(PHASES) deps-test all
	@$(TEST_ENV) node tests/pi/run.mjs

.PHONY: sanitize race clang coverage
sanitize: ## unit and API tests and the fuzzers' corpora under the address and undefined-behaviour sanitizers
	@VARIANT=sanitize $(PHASES) all test-unit test-fuzz test-api

race: ## unit tests of the database, the seeder and the search index, and concurrent borrowers, under the thread sanitizer
	@VARIANT=race TEST="unit/db/ unit/seeder/test_bulk unit/books/test_book_index" $(PHASES) all test-unit
	@VARIANT=race TEST=tests/api/concurrency.test.mjs $(PHASES) $(if $(wildcard tests/api/concurrency.test.mjs),test-api)

clang: ## build with clang as well: build/clang/carrel
	@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=clang all

coverage: ## lines and branches of src/ that unit and API tests run through
	@rm -f build/coverage/obj/src/*/*.gcda build/coverage/obj/src/*.gcda
	@VARIANT=coverage $(PHASES) all test-unit test-api
	@tests/check/coverage.sh build/coverage/obj

# ---- nothing lost ------------------------------------------------------------------------------------

$(CUT_POWER): tests/durability/cut_power.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O2 $(WARNINGS) $< -o $@

.PHONY: durability
FAULT_PROGRAMS := $(filter %/test_faults_io %/test_faults_power,$(UNIT_PROGRAMS))
durability: all $(CUT_POWER) $(FAULT_PROGRAMS) ## kills, cuts, full disks, failing calls, flipped bits …: all of it, an hour (root; DURABILITY_ONLY=kill)
	@$(DURABILITY_ENV) FAULT_PROGRAMS="$(abspath $(FAULT_PROGRAMS))" node tests/durability/table.mjs

.PHONY: soak test-soak
test-soak: all tests/node_modules/.package-lock.json ## two simulated years in six seconds: no error, and a sound library after it
	@CARREL_BINARY=$(abspath $(BINARY)) SOAK_SECONDS=6 SOAK_YEARS=2 node tests/soak/soak.mjs

soak: all tests/node_modules/.package-lock.json ## ten simulated years of mixed work in half an hour (SOAK_SECONDS=1800): memory, file, speed
	@CARREL_BINARY=$(abspath $(BINARY)) node tests/soak/soak.mjs

# ---- fuzzing (tests/fuzz/README.md) -------------------------------------------------------------------

FUZZ_SECONDS ?= 60
FUZZ_TARGETS := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_CHOSEN := $(or $(FUZZ),$(FUZZ_TARGETS) http)
FUZZ_SUPPORT := $(patsubst %.c,$(O)/%.o,$(wildcard tests/support/*.c))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(O)/tests/fuzz/replay_%)
FUZZ_PROGRAMS := $(FUZZ_TARGETS:%=$(O)/tests/fuzz/fuzz_%)
.SECONDARY: $(FUZZ_TARGETS:%=$(O)/tests/fuzz/%.o) $(O)/tests/fuzz/replay.o

$(FUZZ_REPLAYS): $(O)/tests/fuzz/replay_%: $(O)/tests/fuzz/%.o $(O)/tests/fuzz/replay.o $(FUZZ_SUPPORT) $(LIBCARREL) $(VENDOR_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(if $(IS_STATIC),-pie,$(LDFLAGS)) $(filter %.o,$^) $(LIBCARREL) $(VENDOR_LIBS) $(LDLIBS) -o $@

$(FUZZ_PROGRAMS): $(O)/tests/fuzz/fuzz_%: $(O)/tests/fuzz/%.o $(FUZZ_SUPPORT) $(LIBCARREL) $(VENDOR_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(PLAIN) -fsanitize=fuzzer,address,undefined $(filter %.o,$^) $(LIBCARREL) $(VENDOR_LIBS) $(LDLIBS) -o $@

-include $(FUZZ_TARGETS:%=$(O)/tests/fuzz/%.d) $(O)/tests/fuzz/replay.d

.PHONY: fuzz fuzz-programs test-fuzz
fuzz: ## look for new trouble in every parser and in the server (FUZZ_SECONDS=60 each; FUZZ=name for one)
	@$(PHASES) deps-test all
	@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=fuzz fuzz-programs
	@$(TEST_ENV) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh fuzz build/fuzz/obj/tests/fuzz $(FUZZ_CHOSEN)

fuzz-programs: $(filter $(FUZZ_CHOSEN:%=$(O)/tests/fuzz/fuzz_%),$(FUZZ_PROGRAMS))

# `make test` builds all of these before anything runs side by side: no two makes write one file.
.PHONY: test-programs
test-programs: $(UNIT_PROGRAMS) $(FUZZ_REPLAYS) $(CUT_POWER) assets/node_modules/.package-lock.json tests/node_modules/.package-lock.json

test-fuzz: all $(FUZZ_REPLAYS) ## corpora and past findings once more, and a few seconds of broken HTTP
	@$(TEST_ENV) FUZZ_SECONDS=8 tests/fuzz/run.sh replay $(O)/tests/fuzz $(FUZZ_CHOSEN)

# ---- speed -------------------------------------------------------------------------------------------

build/bench/load: tests/bench/load.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wshadow -Werror $< -lpthread -o $@

.PHONY: bench
bench: ## print the speed table, figure beside floor, at full size (quick: BENCH_SCENARIO=minimal BENCH_SECONDS=1)
	@vendor/deps.sh build bench
	@$(MAKE) --no-print-directory -j$(JOBS) all build/bench/load
	@CARREL_BINARY=$(abspath $(BINARY)) node tests/bench/bench.mjs

# ---- checks ------------------------------------------------------------------------------------------

FORMATTED := $(wildcard src/*.[ch] src/*/*.[ch] tests/unit/*.[ch] tests/unit/*/*.[ch] tests/support/*.[ch] tests/fuzz/*.[ch] vendor/*.[ch])
TIDY_STAMPS := $(SOURCES:%.c=build/tidy/%.ok) build/tidy/src/tools/embed.ok build/tidy/vendor/static_libc.ok

.PHONY: check check-format check-layers check-banned check-lengths check-tidy check-types check-statements check-requirements check-schema check-openapi fmt
check: ## everything that can be told without running: format, layers, banned calls, clang-tidy, types, API document
	@$(PHASES) deps-test check-format check-layers check-banned check-lengths check-tidy check-types check-statements \
	        check-requirements check-schema check-openapi

check-openapi: all tests/node_modules/.package-lock.json ## /openapi.json passes the linter (tests/check/openapi.yaml has the rules)
	@$(BINARY) --openapi | node tests/check/openapi.mjs

check-schema: ## the tables and pictures in docs/ are what schema.sql and the code say
	@node tools/er_diagram.mjs --check
	@node tools/house_picture.mjs --check

check-format: ## C files look as .clang-format says
	$(if $(FORMATTED),@clang-format --dry-run -Werror $(FORMATTED))

check-layers: ## includes and table ownership follow ARCHITECTURE's table
	@node tests/check/layers.mjs

check-banned: ## calls that have no place here
	@tests/check/banned.sh

check-lengths: ## a file past 600 lines says why
	@tests/check/lengths.sh

check-requirements: ## every test that docs/requirements.md names is there
	@node tests/check/requirements.mjs

check-tidy: ## clang-tidy over the files that changed since it last passed
	@$(MAKE) --no-print-directory -j$(JOBS) tidy

check-types: $(if $(ASSETS_BUILT),assets/node_modules/.package-lock.json) ## TypeScript and the assets' own check
	$(if $(ASSETS_BUILT),@cd assets && npm run --silent check,@echo "no assets yet")

check-statements: $(filter %/test_statements,$(UNIT_PROGRAMS)) ## every SQL statement prepares and uses an index
	$(if $^,@$(TEST_ENV) tests/check/run-unit.sh $^,@echo "no statement test yet")

.PHONY: tidy
tidy: $(TIDY_STAMPS)

build/tidy/%.ok: %.c .clang-tidy | $(VENDOR_LIBS)
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) -MM -MP -MT $@ -MF $(@:.ok=.d) $<
	$(Q)clang-tidy --quiet $< -- $(CPPFLAGS) -Wno-everything 2>$@.log || { cat $@.log >&2; exit 1; }
	@touch $@

-include $(TIDY_STAMPS:.ok=.d)

fmt: ## format the C files
	$(if $(FORMATTED),clang-format -i $(FORMATTED))

# ---- working along, showing, looking after -------------------------------------------------------------

.PHONY: dev api-demo collection audit lint format
dev: deps ## build and start anew whenever a file changes, pages from the disk, the browser loads again (PORT=8000)
	@node tools/dev.mjs

api-demo: ## walk a library's day against a running server and print what passed (URL=http://127.0.0.1:8000 TOKEN=…)
	@node tools/api_demo.mjs $(URL)

collection: all ## dist/carrel.postman_collection.json: the API for Postman, Bruno or Insomnia
	@mkdir -p dist
	@$(BINARY) --openapi | node tools/collection.mjs >dist/carrel.postman_collection.json

audit: deps ## is something that is linked in, or in the pages, known to be dangerous?
	@tools/audit.sh

lint: check ## the same as `make check`
format: fmt ## the same as `make fmt`

# Names that the system this one grew from had; each is a line here.
.PHONY: setup setup-high install start build db-seed db-seed-high db-reset db-fresh db-shell docker-up docker-down docker-seed docker-ps
setup: deps all ## install, build, fill a small demo library where there is none
	@[ -f $(DEMO) ] || $(MAKE) --no-print-directory db-seed
setup-high: deps all ## the same with four million loans
	@[ -f $(DEMO) ] || $(MAKE) --no-print-directory db-seed-high
install: deps ## what building needs
build: all ## the program
start: all ## serve the demo library, to this machine
	@mkdir -p $(dir $(DEMO))
	@exec $(BINARY) --db $(DEMO) --auth off $(ARGS)
db-seed db-seed-high db-reset db-fresh: all
	@mkdir -p $(dir $(DEMO))
	@$(BINARY) --db $(DEMO) $(if $(filter db-reset,$@),--seed minimal --force,--seed $(if $(filter db-seed-high,$@),high_scale,minimal) $(if $(filter db-fresh,$@),--force))
db-shell: ## look into the demo library with sqlite3, without writing
	@command -v sqlite3 >/dev/null || { echo "db-shell: sqlite3 is not here: apt-get install sqlite3" >&2; exit 1; }
	@sqlite3 -readonly $(DEMO)
docker-up: ## with Docker: serve at port 8000
	docker compose --file packaging/compose.yaml up --build --detach
docker-down: ## … and no more
	docker compose --file packaging/compose.yaml down
docker-seed: ## … filled with a demonstration
	CARREL_SEED_DATA=true docker compose --file packaging/compose.yaml up --build --detach
docker-ps:
	docker compose --file packaging/compose.yaml ps

# ---- packages ------------------------------------------------------------------------------------------

ARCHITECTURES ?= amd64 arm64 armhf
NATIVE := $(shell dpkg --print-architecture 2>/dev/null)
# Those that there is a variant for: a Raspberry Pi makes no package for a PC.
FOREIGN := $(filter-out $(NATIVE),$(filter arm64 armhf,$(ARCHITECTURES)))

.PHONY: package deps-package package-figures test-package test-image test-reproducible
deps-package: ## what `make package` needs besides: cross compilers, and other machines' libraries (unpacked, not installed)
	@vendor/deps.sh build package renew
	$(Q)for machine in $(FOREIGN); do vendor/apt-source.sh foreign $$machine build/vendor/sysroot-$$machine $(LINKED_PACKAGES) || exit 1; done

package: deps-package ## dist/: .deb and .tar.gz for each of ARCHITECTURES (amd64 arm64 armhf), with what is linked in and SHA256SUMS
	@rm -rf dist
	@$(MAKE) --no-print-directory -j$(JOBS) all
	$(if $(filter $(NATIVE),$(ARCHITECTURES)),$(Q)packaging/package.sh $(NATIVE) build/carrel)
	$(Q)for machine in $(FOREIGN); do \
	    $(MAKE) --no-print-directory -j$(JOBS) VARIANT=$$machine all && packaging/package.sh $$machine build/$$machine/carrel || exit 1; done
	$(Q)cd dist && sha256sum * >SHA256SUMS

package-figures: ## sizes, start-up times and memory of what is in dist/, for each architecture
	@node tests/packaging/figures.mjs

test-package: ## what is in dist/: installed, upgraded, removed; under systemd and avahi; other machines' under qemu (root; what was typed: build/package/*.transcript)
	@node --test --test-concurrency=1 tests/packaging/install.test.mjs tests/packaging/service.test.mjs

test-image: deps-package ## the Dockerfile, step by step without Docker, and the image that comes of it (needs root and the network)
	@node --test tests/packaging/dockerfile.test.mjs

test-reproducible: deps-package ## the packages of what is committed, made twice in different folders: the same bytes? (ARCHITECTURES=amd64)
	@tests/packaging/reproducible.sh $(ARCHITECTURES)

# ---- cleaning up -------------------------------------------------------------------------------------

.PHONY: clean distclean
clean: ## remove what was built; keeps downloads, compiled libraries and the demo library
	rm -rf build/obj build/gen build/assets build/tools build/tidy build/clang build/sanitize build/race build/coverage build/fuzz build/arm64 build/armhf build/carrel build/carrel.debug

distclean: ## remove everything that is not in the repository
	rm -rf build dist assets/node_modules tests/node_modules
