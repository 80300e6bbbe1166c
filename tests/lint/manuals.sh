#!/bin/sh
# mandoc reads every manual page without a warning.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v mandoc >/dev/null; then
	echo "mandoc is not installed"
	exit 77
fi
pages=$(find docs share rules -name '*.[1-8]')
if [ -z "$pages" ]; then
	echo "no manual pages"
	exit 77
fi
# shellcheck disable=SC2086 # a list of files
mandoc -Tlint -W warning $pages
