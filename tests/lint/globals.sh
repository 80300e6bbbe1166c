#!/bin/sh
# Engine libraries keep no state of their own: every writable symbol is on the list
# globals.txt. usage: globals.sh LIBRARY...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# Constants with addresses in them (.data.rel.ro) are constants.
found=$(for lib; do
	objdump -t "$lib" | awk -v lib="$(basename "$lib" .a)" '
		NF > 3 && $(NF - 2) ~ /^\.(data|bss|tdata|tbss)/ && $(NF - 2) !~ /^\.data\.rel\.ro/ &&
		$NF !~ /^\./ { print lib, $NF }'
done | sed -E 's/\.[0-9]+$//; s/^libcw_//' | sort -u)
extra=$(echo "$found" | grep -vxFf "$here/globals.txt" | grep . || true)
if [ -n "$extra" ]; then
	echo "writable globals (room symbol); make them constant or pass them, or say why in"
	echo "tests/lint/globals.txt:"
	echo "$extra"
	exit 1
fi
