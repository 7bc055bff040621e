#!/bin/sh
# deps.sh PACKAGE...: install those of the Debian packages that are missing, with apt-get, through sudo when not root.
# Asks nothing. Where there is no apt-get it says what is needed and lets the build try.
set -eu

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	echo "deps: there is no apt-get here, so nothing is installed. Needed (names as in Debian 12): $*" >&2
	echo "deps: README.md says how to build where names and places differ; going on with what is there." >&2
	exit 0
fi

missing=
for package in "$@"; do
	dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "deps: missing:$missing" >&2
	echo "deps: neither root nor sudo here; as root, run: apt-get install$missing" >&2
	exit 1
fi

echo "deps: installing$missing"
# dumpcap's package asks a question; noninteractive takes its default (captures need root).
export DEBIAN_FRONTEND=noninteractive
apt() {
	# shellcheck disable=SC2086 # $as_root is nothing or one word
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null
}
apt update
# shellcheck disable=SC2086 # a list of words
apt install -y --no-install-recommends $missing
