# The build of netlab. `make help` lists the targets; the two that a reader needs are `make run` and `make test`.
# A mode has a tree of its own, build/<mode>/: release (-O2, the default; its program is also put at ./netlab),
# dev (-O1, for a debugger) and san (AddressSanitizer and UndefinedBehaviorSanitizer).
MODE   ?= release
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)
TESTS  ?=
B      := build/$(MODE)

MODE_CFLAGS_release := -O2 -g
MODE_CFLAGS_dev     := -O1 -g
MODE_CFLAGS_san     := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
ifeq ($(MODE_CFLAGS_$(MODE)),)
$(error MODE is release, dev or san, not "$(MODE)")
endif

# Where apt-get is absent these five may need other values: see README.md.
LUA_CFLAGS ?= -I/usr/include/lua5.4
LUA_LIBS   ?= -Wl,-Bstatic -llua5.4-lpeg -llua5.4-cjson -llua5.4 -Wl,-Bdynamic
EDIT_LIBS  ?= -Wl,-Bstatic -ledit -lbsd -lmd -ltinfo -Wl,-Bdynamic
NET_LIBS   ?= -lpcap -lmnl
TEST_LIBS  ?= -lcmocka

WARNINGS := -Wall -Wextra -Wshadow -Wconversion $(if $(CI),-Werror)
FLAGS     = $(MODE_CFLAGS_$(MODE)) $(CFLAGS)
CPPFLAGS += -D_GNU_SOURCE -Irunner $(LUA_CFLAGS)
COMPILE   = $(CC) -std=gnu17 $(CPPFLAGS) $(FLAGS) $(WARNINGS) -MMD -MP
# -z now: names are looked up once, at the start, and not again in every lab.
LIBS      = $(LUA_LIBS) $(NET_LIBS) $(EDIT_LIBS) -lm -ldl -Wl,-z,now

BUILD_PACKAGES := gcc libc6-dev liblua5.4-dev lua-lpeg-dev lua-cjson-dev libpcap-dev libmnl-dev libedit-dev lua5.4
TEST_PACKAGES  := libcmocka-dev libxml2-utils perl tshark tcpdump chromium
LINT_PACKAGES  := clang-format clang-tidy cppcheck lua-check

objects = $(patsubst %.c,$(B)/%.o,$(1))
MAIN    := $(wildcard runner/main/*.c)
PARTS   := $(filter-out $(MAIN),$(wildcard runner/*/*.c))
MODULES := $(shell find lua/netlab -name '*.lua' 2>/dev/null | LC_ALL=C sort)
LIBRARY := $(call objects,$(PARTS)) $(B)/library.o
RUNNER  := $(call objects,$(filter-out %/main.c,$(MAIN)))
UNITS   := $(wildcard tests/unit/test_*.c)
SHARED  := $(filter-out $(UNITS),$(wildcard tests/unit/*.c))
BENCHES := $(wildcard tests/bench/*.c)
FUZZERS := $(wildcard tests/fuzz/*_fuzz.c)
C_FILES := $(wildcard runner/*/*.[ch] tests/*.[ch] tests/*/*.[ch])

# The tests in their order, and those of them that TESTS (a part of a name) picks.
SUITE   := $(patsubst tests/%.c,$(B)/%,$(UNITS) $(FUZZERS)) $(wildcard tests/lua/*_test.lua tests/e2e/*_test.lua)
PICKED  := $(if $(TESTS),$(foreach t,$(SUITE),$(if $(findstring $(TESTS),$t),$t)),$(SUITE))

MAKEFLAGS += --no-print-directory
parallel   = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))
say        = @printf '  %-7s %s\n'

.PHONY: all deps run test book meta mutate fuzz check-build lint lint-format lint-lua lint-cppcheck lint-tidy bench bench-build \
	floors install uninstall clean help FORCE
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: $(if $(filter release,$(MODE)),netlab,$(B)/netlab) ## build ./netlab (MODE=dev|san: build/<mode>/netlab)

deps: ## install the Debian packages that are missing, with apt-get (through sudo when not root)
	@sh tests/tools/deps.sh $(BUILD_PACKAGES)

run: ## install what is missing, build, and run all experiments
	@$(MAKE) deps
	@$(MAKE) $(parallel) MODE=release all
	./netlab experiments/*.lua

test: ## all tests of a mode; TESTS=part-of-a-name picks some, V=1 prints what they print
	@sh tests/tools/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) $(parallel) check-build
	@NETLAB="$(CURDIR)/$(B)/netlab" sh tests/tools/suite.sh $(B) $(PICKED)

check-build: $(B)/netlab $(B)/luatest $(filter $(B)/unit/% $(B)/fuzz/%,$(PICKED))

book: all ## docs/book/: a page for each documented case, and indices (the slow experiments take minutes)
	rm -f docs/book/*.md
	./netlab book --slow --timeout 300 --out docs/book experiments

meta: check-build ## definitions for editors (lua/netlab/meta/lab.lua, constants.lua), and docs/reference.md
	NETLAB_LUA=lua WRITE_META=1 $(B)/luatest tests/lua/meta_test.lua tests/lua/reference_test.lua

mutate: all ## netlab mutate with all experiments, the slow ones aside
	./netlab mutate --least 95 experiments

FUZZ_SECONDS ?= 60
FUZZ_SOURCES := $(wildcard runner/base/*.c runner/facts/*.c runner/kernel/capfile*.c)

fuzz: ## feed random bytes to what reads and builds packets, for FUZZ_SECONDS (60) each; needs clang
	@for f in $(FUZZERS); do name=$$(basename $$f .c) && out=build/fuzz/$$name && mkdir -p $$out.found && \
		clang -std=gnu17 $(CPPFLAGS) -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
			-o $$out $$f $(FUZZ_SOURCES) -lpcap && \
		$$out -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -artifact_prefix=build/fuzz/ -print_final_stats=1 \
			$$out.found tests/fuzz/corpus/$$name || exit 1; done

floors: ## check that includes and requires go down the floors only
	@lua5.4 tests/tools/floors.lua .

lint: ## clang-format, luacheck, cppcheck and clang-tidy
	@sh tests/tools/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)
	@$(MAKE) -k lint-format lint-lua lint-cppcheck lint-tidy

lint-format:
	$(say) FORMAT '$(words $(C_FILES)) files'
	@bad=$$(for f in $(C_FILES); do clang-format --dry-run -Werror $$f 2>/dev/null || echo $$f; done); \
		[ -z "$$bad" ] || { echo "not in the layout; run: clang-format -i" $$bad; exit 1; }

lint-lua:
	$(say) LUA 'lua experiments tests'
	@luacheck --quiet --no-cache --no-color lua experiments tests

lint-cppcheck:
	$(say) CPPCHECK 'runner tests'
	@mkdir -p build/cppcheck
	@cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 --inline-suppr --std=c11 \
		--cppcheck-build-dir=build/cppcheck -j 2 -D_GNU_SOURCE -Irunner runner tests

lint-tidy:
	$(say) TIDY '$(words $(filter %.c,$(C_FILES))) files'
	@printf '%s\n' $(filter %.c,$(C_FILES)) | xargs -P 2 -n 1 sh tests/tools/tidy.sh -std=gnu17 $(CPPFLAGS) --

bench: ## the measures: each beside its floor in bare C
	@$(MAKE) deps
	@$(MAKE) $(parallel) MODE=release bench-build
	@NETLAB="$(CURDIR)/netlab" BENCH="$(CURDIR)/build/release/bench" sh tests/bench/run.sh

bench-build: all $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCHES))

# Where the parts of an installation go.
BIN      = $(DESTDIR)$(PREFIX)/bin
SHARE    = $(DESTDIR)$(PREFIX)/share
MAN      = $(SHARE)/man/man1/netlab.1
BASH_ONE = $(SHARE)/bash-completion/completions/netlab
ZSH_ONE  = $(SHARE)/zsh/site-functions/_netlab
FISH_ONE = $(SHARE)/fish/vendor_completions.d/netlab.fish

install: all ## install under PREFIX (/usr/local), below DESTDIR
	install -d $(BIN) $(addprefix $(SHARE)/netlab/,experiments docs meta)
	install -d $(dir $(MAN) $(BASH_ONE) $(ZSH_ONE) $(FISH_ONE))
	install -m 755 $(B)/netlab $(BIN)/netlab
	install -m 644 experiments/*.lua $(SHARE)/netlab/experiments
	install -m 644 README.md docs/*.md docs/*.svg $(SHARE)/netlab/docs
	install -m 644 lua/netlab/meta/*.lua $(SHARE)/netlab/meta
	sed -e 's|"lua/netlab/meta"|"$(PREFIX)/share/netlab/meta"|' -e '/runtime.path/d; /ignoreDir/d' .luarc.json \
		>$(SHARE)/netlab/.luarc.json
	$(B)/netlab man >$(MAN)
	$(B)/netlab completion bash >$(BASH_ONE)
	$(B)/netlab completion zsh >$(ZSH_ONE)
	$(B)/netlab completion fish >$(FISH_ONE)
	chmod 644 $(SHARE)/netlab/.luarc.json $(MAN) $(BASH_ONE) $(ZSH_ONE) $(FISH_ONE)

uninstall: ## remove what install put there
	rm -f $(BIN)/netlab $(MAN) $(BASH_ONE) $(ZSH_ONE) $(FISH_ONE)
	rm -rf $(SHARE)/netlab

clean: ## remove everything that was built
	rm -rf build netlab

help: ## this text
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14

netlab: $(B)/netlab
	@cp --remove-destination $< $@

$(B)/netlab: $(call objects,$(MAIN)) $(LIBRARY)
	$(say) LINK $@
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/luatest: $(B)/tests/luatest.o $(LIBRARY)
	$(say) LINK $@
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/unit/%: $(B)/tests/unit/%.o $(call objects,$(SHARED)) $(RUNNER) $(LIBRARY)
	$(say) LINK $@
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/driver.o $(LIBRARY)
	$(say) LINK $@
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/bench/%: $(B)/tests/bench/%.o $(LIBRARY)
	$(say) LINK $@
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c $(B)/command
	$(say) CC $<
	@mkdir -p $(@D)
	@$(COMPILE) -c -o $@ $<

# The Lua library as bytecode: the assembler takes the files in. The table changes when a file comes or goes.
$(B)/library.o: $(B)/library.s $(MODULES)
	$(say) EMBED '$(words $(MODULES)) files of lua/netlab'
	@lua5.4 tests/tools/compile.lua lua $(B)/lua $(MODULES)
	@$(CC) -c -o $@ $<

$(B)/library.s: FORCE
	@mkdir -p $(@D)
	@sh tests/tools/embed.sh $(B)/lua $(MODULES:%=$(B)/%) | sh tests/tools/keep.sh $@

# The compiler's command: everything is compiled again when it changes.
$(B)/command: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | sh tests/tools/keep.sh $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)
