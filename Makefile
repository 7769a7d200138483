# The front door.  `make run` and `make test` do everything on a fresh Debian 12, the installing of packages included.
# Meson does the building; this file only says what a person wants.

BUILD ?= build
DATA  ?= data
SUITE ?= main
DEMO  ?= 1
LOCALE ?= ar

.PHONY: run build test bench screens preview fuzz soak deb deb-test clean help

help:            ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run:             ## install what is missing, build, start on 127.0.0.1:8080 with a demo network; DEMO=0: an empty one
	@tools/setup.sh run $(BUILD)
	@exec $(BUILD)/amanat serve --init --folder $(DATA) --set server.access_log=false $(if $(filter 0 no,$(DEMO)),,--demo)

build:           ## install what is missing and build
	@tools/setup.sh build $(BUILD)

test:            ## the same set-up, then every suite; ends with "N passed, N failed, N skipped"
	@tools/setup.sh test $(BUILD)
	@exec node tests/run.mjs $(SUITES)

bench:           ## make bench SUITE=main (or web, survive, ledger): prints a table, writes bench/results/main.json
	@tools/setup.sh test $(BUILD)
	@exec node bench/$(SUITE).mjs

screens:         ## remakes docs/screens: seven screens, light and dark, English and Arabic
	@tools/setup.sh screens $(BUILD)
	@exec node tests/browser/screens.mjs

preview:         ## make preview LOCALE=ar: a demo in that language, and a table of its catalogue, on a free port
	@tools/setup.sh build $(BUILD)
	@exec node tools/preview.mjs $(LOCALE)

fuzz:            ## every fuzz target for FUZZ_SECONDS (3600) each; corpora under tests/fuzz/corpus
	@tools/setup.sh test $(BUILD)
	@exec node tests/run.mjs fuzz --seconds $${FUZZ_SECONDS:-3600}

soak:            ## the long campaigns: scanners, system, browser, fuzzing for ten minutes a target, 3,000 kills, mutants; some four hours
	@tools/setup.sh soak $(BUILD)
	@exec env UPLOADS=1000 KILLS=$${KILLS:-3000} node tests/run.mjs scanners system browser fuzz kills mutants --seconds $${FUZZ_SECONDS:-600}

deb:             ## the Debian package, into build/deb
	@tools/setup.sh deb build-deb
	@packaging/debian/build.sh build-deb $(BUILD)/deb

deb-test: deb    ## installs it in a clean chroot, runs, upgrades, purges it there; needs root and a mirror
	@packaging/debian/test.sh $(BUILD)/deb/amanat_*.deb

clean:           ## remove what was built; never the data
	@rm -rf $(BUILD) build-asan build-tsan build-clang build-deb node_modules
