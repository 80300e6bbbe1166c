#!/bin/sh
# Every C file is as clang-format 14 writes it. usage: format.sh [--fix]
set -eu
cd "$(dirname "$0")/../.."
dirs=$(ls -d engine rules tests bench 2>/dev/null || true)
tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ] || ! "$tool" --version | grep -q 'version 14\.'; then
	echo "clang-format 14 is not installed"
	exit 77
fi
if [ "${1-}" = --fix ]; then
	find $dirs -name '*.[ch]' -exec "$tool" -i {} +
	exit
fi
# The first line of each complaint names the place; the rest repeats the source.
if ! find $dirs -name '*.[ch]' -exec "$tool" --dry-run -Werror {} + 2>&1 |
	grep -E 'error:' >&2; then
	exit 0
fi
echo "tests/lint/format.sh --fix mends this"
exit 1
