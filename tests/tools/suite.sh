#!/bin/sh
# suite.sh BUILD TEST...: run tests, two at a time, and count. A TEST is a program that prints TAP (cmocka's) or a Lua
# file for BUILD/luatest. Prints a line per test, and all that it printed when it failed (always, with V=1); the last
# line is the totals. A test that crashes, that runs into its limit, that exits with an error though all it printed is
# good, that stops before its plan is done, or that tests nothing counts as failed. Exit code 1 when something failed, or
# when two tests have the same name (the file's, without folder and .lua): each would overwrite what the other has said.
# Environment: TEST_JOBS (2), TEST_LIMIT (seconds for one test, 300), V.
set -u
build=$1
shift

# Count the TAP in a log: "passed failed skipped", with one more failed for what the exit code adds.
count() {
	awk -v status="$2" '
		/^(not )?ok [0-9]+.*# SKIP/ { skipped++; next }
		/^ok [0-9]+/ { passed++ }
		/^not ok [0-9]+/ { failed++ }
		/^1\.\.[0-9]+/ { sub(/^1\.\./, ""); planned += $1 }
		function add(why) { failed++; print "not ok - " why >> log_file }
		END {
			done = passed + failed + skipped
			if (status == 124 || status == 137) add("ran into the limit of time, or was killed")
			else if (status > 128) add("crashed with signal " status - 128)
			else if (status != 0 && !failed) add("exited with " status " though no test failed")
			else if (done == 0) add("tested nothing")
			else if (done < planned && !failed) add("stopped after " done " of " planned " tests")
			print passed + 0, failed + 0, skipped + 0
		}' log_file="$1" "$1"
}

# Run one test, into files of its own, and show it as one piece.
if [ "${SUITE_ONE-}" ]; then
	name=$(basename "$1" .lua)
	log=$build/log/$name
	case $1 in
	*.lua) timeout -k 5 "$TEST_LIMIT" "$build/luatest" "$1" >"$log" 2>&1 </dev/null ;;
	*) CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 "$TEST_LIMIT" "$1" >"$log" 2>&1 </dev/null ;;
	esac
	count "$log" $? >"$log.count"
	read -r passed failed skipped <"$log.count"
	word=ok
	[ "$failed" -eq 0 ] || word=FAILED
	{
		printf '%-7s %-32s %s passed, %s failed, %s skipped\n' $word "$name" "$passed" "$failed" "$skipped"
		if [ "$failed" -ne 0 ] || [ "${V-}" ]; then sed 's/^/    /' "$log"; fi
	} >"$log.text"
	exec flock "$build/log" cat "$log.text"
fi

twice=$(for one; do basename "$one" .lua; done | sort | uniq -d | tr '\n' ' ')
if [ "$twice" ]; then
	echo "two tests have the same name: $twice" >&2
	exit 1
fi

rm -rf "$build/log"
mkdir -p "$build/log"
[ "$#" -gt 0 ] || echo 'no test has that in its name' >&2

export SUITE_ONE=1 TEST_LIMIT="${TEST_LIMIT:-300}" V="${V-}"
export ASAN_OPTIONS="${ASAN_OPTIONS-detect_stack_use_after_return=1}" UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1}"
case $build in
*/san) export LUATEST_COLLECT=1 ;; # the collector at work all the time
esac
printf '%s\n' "$@" | xargs -r -P "${TEST_JOBS:-2}" -n 1 sh "$0" "$build"

cat "$build"/log/*.count 2>/dev/null | awk -v programs="$#" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		failed += programs - NR # one that left no count
		if (!programs) failed = 1
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0
	}'
