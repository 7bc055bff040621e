#!/bin/sh
# tidy.sh COMPILER-FLAGS... -- FILE...: run clang-tidy over the files; only its findings are printed.
set -eu
flags=
while [ "$1" != -- ]; do
	flags="$flags $1"
	shift
done
shift
# shellcheck disable=SC2086 # a list of words
if ! found=$(clang-tidy --quiet "$@" -- -include "$(dirname "$0")/tidy.h" $flags 2>&1); then
	printf '%s\n' "$found" | grep -v 'warnings generated\.$'
	exit 1
fi
