#!/bin/sh
# Builds the client for the server's build.  usage: tools/web.sh ROOT OUT STAMP DEPFILE
set -eu
root=$1 out=$2 stamp=$3 depfile=$4
if [ ! -d "$root/node_modules/esbuild" ]; then
	echo "The client's tools are not there: run \"npm ci\" in $root (make build does it), then build again." >&2
	exit 1
fi
node "$root/web/build.mjs" "$out"
# Folders are named too, so that a new file counts.
{ printf '%s: ' "$stamp"; find "$root/web" "$root/locale" | sed 's/ /\\ /g' | tr '\n' ' '; } >"$depfile"
touch "$stamp"
