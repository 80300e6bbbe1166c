#!/usr/bin/env bash
# Every example of the guides runs and prints what stands there.
set -u
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
python3 "$SOURCE/tests/e2e/run_docs.py" "$dir" "$SOURCE"/docs/{workflow-format,tutorial,from-snakemake}.md
