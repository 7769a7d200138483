#!/bin/sh
# Brings a fresh Debian 12 to the point where amanat runs (run, build) or is tested (test), telling each stage.
# usage: tools/setup.sh run|build|deb|screens|test|soak BUILD_FOLDER
set -eu
cd "$(dirname "$0")/.."
goal=$1 build=$2

stage() { printf '%s\n' "[$1] $2"; }
give_up() { printf 'setup: %s\n' "$1" >&2; exit 1; }

wanted_packages() {
	case $goal in
	test | screens) awk '/^(build|test) /{print $2}' packaging/packages.txt ;;
	soak) awk '/^(build|test|soak) /{print $2}' packaging/packages.txt ;;
	deb) awk '/^(build|package) /{print $2}' packaging/packages.txt ;;
	*) awk '/^build /{print $2}' packaging/packages.txt ;;
	esac
}

# A provider counts too (another vendor's nodejs brings npm with it).
is_there() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed && return
	case $1 in
	nodejs) command -v node >/dev/null ;;
	npm) command -v npm >/dev/null ;;
	gcc | clang | wrk | strace) command -v "$1" >/dev/null ;;
	*) return 1 ;;
	esac
}

install_packages() {
	missing=
	for package in $(wanted_packages); do
		is_there "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null || give_up "these are missing, and this is not Debian, so install them yourself:$missing"
	stage 1/4 "Packages to install:$missing"
	as_root=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || give_up "run as root once, or install sudo: apt-get install$missing"
		as_root=sudo
		if [ -z "${CI:-}" ]; then
			printf 'Install them now with apt-get (sudo)? [y/N] '
			read -r answer || answer=n
			case $answer in y | Y | yes) ;; *) give_up "nothing was installed; the list above is what is needed" ;; esac
		fi
	fi
	log=$(mktemp)
	if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		give_up "apt-get failed; its whole output is in $log"
	fi
	rm -f "$log"
}

install_modules() {
	[ node_modules/.amanat -nt package-lock.json ] && return 0
	stage 2/4 "Web tools (npm ci)"
	log=$(mktemp)
	npm ci --no-audit --no-fund >"$log" 2>&1 || { tail -n 20 "$log" >&2; give_up "npm ci failed; its whole output is in $log"; }
	rm -f "$log"
	touch node_modules/.amanat
}

# usage: compile FOLDER meson-options...
compile() {
	folder=$1
	shift
	if [ ! -f "$folder/build.ninja" ]; then
		log=$(mktemp)
		meson setup "$folder" "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; give_up "meson setup failed"; }
		rm -f "$log"
	fi
	log=$(mktemp)
	# The generators run once and leave their memory to the system.
	ASAN_OPTIONS=detect_leaks=0 ninja -C "$folder" >"$log" 2>&1 || { grep -v '^\[' "$log" | tail -n 60 >&2; give_up "the build in $folder failed"; }
	rm -f "$log"
}

install_packages
stage 1/4 "Packages: there"
install_modules
stage 2/4 "Web tools: there"
[ -f "$build/build.ninja" ] || stage 3/4 "Building (about a minute the first time)"
case $goal in
deb) compile "$build" --prefix=/usr ;;
*) compile "$build" ;;
esac
stage 3/4 "Built: $build/amanat"
case $goal in
run) stage 4/4 "Starting" ;;
build) stage 4/4 "Next: make run" ;;
deb) stage 4/4 "Packing" ;;
screens) stage 4/4 "A demo network is made, then looked at" ;;
test | soak)
	stage 4/4 "Building again for the tests: sanitizers, clang"
	# gcc's instrumented code sets off false warnings; the plain gcc build and the clang one hold the line.
	compile build-asan -Db_sanitize=address,undefined -Doptimization=1 -Dwerror=false
	compile build-tsan -Db_sanitize=thread -Doptimization=1 -Dwerror=false
	CC=clang compile build-clang -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true -Dc_args=-fsanitize=fuzzer-no-link -Doptimization=1
	;;
esac
