#!/bin/sh
# run.sh: the measures of netlab, each beside its floor (make bench). Prints one table; only the ratios can be
# compared between machines, the absolute figures are for information. Nothing fails because it is slow; what
# cannot be run fails.
# Environment: NETLAB the program, BENCH the folder of the programs that are built from tests/bench.
set -eu
: "${NETLAB:?the program}" "${BENCH:?the folder of the built benches}"
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BENCH

ROUNDS=8       # of RUNS of netlab and RUNS of the floor in turn, so that both see the same machine
RUNS=25        # of one experiment, one after the other
MANY=256       # experiments of one measure of throughput
PROCESSES=30   # whole processes
LABS=64        # that live while their memory is read
SLEEPERS=500
TURNS=3        # of the wire and a veth pair
PINGS=5000
MEBIBYTES=128
SCREENS=50     # calls at the prompt
REPORTED=100   # experiments of one report
REPORTS=5
SHOWS=5        # of each recording
conversation=$here/conversation.lua

# row WHAT NETLAB FLOOR RATIO AIM: a line of the table
row() {
	printf '%-44s %18s %18s %8s  %s\n' "$1" "$2" "$3" "$4" "$5"
}

title() {
	printf '\n'
	row "$@"
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# percentiles FILE: median and 95th percentile of one number a line
percentiles() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.2f %.2f\n", v[int(NR / 2) + 1], v[int(NR * 0.95) + 1] }'
}

# The time to the result: netlab's own account of each run (--json: seconds), in ms, one a line
to_result() {
	"$NETLAB" -q --repeat $RUNS -j 1 --json "$work/runs" "$conversation" >/dev/null || [ $? -eq 1 ]
	sed -n 's/.*"seconds":\([0-9.e-]*\),.*/\1/p' "$work/runs" | awk '{ print $1 * 1000 }'
}

# per_second COUNT AT_ONCE: experiments per second of one netlab, planning, judging and taking down included. On
# a busy machine some may fail (a segment is retransmitted when the wire did not run for 200 ms): they count, and
# $work/many has them.
per_second() {
	"$BENCH/stopwatch" 1 sh -c '"$@" || [ $? -eq 1 ]' sh \
		"$NETLAB" -q --repeat "$1" -j "$2" --json "$work/many" "$conversation" |
		awk -v n="$1" '{ printf "%.0f\n", n / ($1 / 1000) }'
}

# Every process below PID, itself not.
below() {
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		echo "$child"
		below "$child"
	done
}

# lab_memory: MiB of proportional set size (smaps_rollup, proc(5)) of a living lab: the lab process and its script
lab_memory() {
	"$NETLAB" -q --filter 'three seconds' --repeat $LABS -j $LABS "$here/sleep.lua" >"$work/out" &
	runner=$!
	sleep 2
	for pid in $(below $runner); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null || :
	done >"$work/rollups"
	wait $runner || cat "$work/out" >&2
	awk -v labs=$LABS '/^Pss:/ { sum += $2; n++ }
		END { if (n == 2 * labs) printf "%.2f\n", sum / labs / 1024; else print n / 2 " labs seen" }' \
		"$work/rollups"
}

measure_result() {
	title "one experiment, ms to its result (p50, p95)" netlab "bare C" ratio aim
	for round in $(seq $ROUNDS); do
		to_result >>"$work/ours"
		"$BENCH/floor" runs $RUNS >>"$work/floor"
	done
	ours=$(percentiles "$work/ours")
	floor=$(percentiles "$work/floor")
	row "  handshake, data both ways, close, judged" "$ours" "$floor" "$(ratio "${ours% *}" "${floor% *}")" "<= 2"
}

measure_throughput() {
	title "experiments per second" netlab "bare C" "of it" aim
	for at_once in 1 2 8 64; do
		ours=$(per_second $MANY $at_once)
		floor=$("$BENCH/floor" loop $MANY $at_once)
		failed=$((MANY - $(grep -c '"status":"PASS"' "$work/many")))
		row "  $at_once at once" "$ours" "$floor" "$(ratio "$ours" "$floor")" \
			">= 150 on two processors$([ $failed -eq 0 ] || echo "; $failed failed")"
	done
}

measure_process() {
	title "whole process, ms (p50, p95)" netlab "bare C" ratio aim
	ours=$("$BENCH/stopwatch" $PROCESSES "$NETLAB" -q "$conversation")
	floor=$("$BENCH/stopwatch" $PROCESSES "$BENCH/floor" once)
	row "  netlab conversation.lua, until all has gone" "$ours" "$floor" "$(ratio "${ours% *}" "${floor% *}")" "<= 25 ms"
}

measure_many() {
	title "labs that sleep" netlab "" "" aim
	row "  MiB for each of $LABS (PSS)" "$(lab_memory)" "" "" "<= 3"
	"$BENCH/stopwatch" 1 "$NETLAB" -q --filter 'one second' --repeat $SLEEPERS -j $SLEEPERS "$here/sleep.lua" \
		>"$work/sleepers"
	seconds=$(awk '{ printf "%.2f", $1 / 1000 }' "$work/sleepers")
	row "  s for $SLEEPERS that wait 1 s, all at once" "$seconds" "1.00 (the wait)" "$seconds" ""
}

# middle NAME COLUMN FILE: the median of a column over the lines that begin with NAME, or have it behind "bench"
middle() {
	sed -n "s/^.*bench $1 /$1 /; s/^$1 //p" "$3" | cut -d' ' -f"$2" | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# wire FILTER [WORD...]: keep the notes of the experiments of wire.lua that have FILTER in their titles; the words
# stand before the program
wire() {
	filter=$1
	shift
	"$@" "$NETLAB" -v --filter "$filter" "$here/wire.lua" >"$work/turn" || { tail -n 5 "$work/turn"; return 1; }
	cat "$work/turn" >>"$work/wire"
}

# Round trips are measured on one processor: with two, most of them would be the time until the other one wakes up.
measure_wire() {
	title "the wire (p50, p99)" netlab "veth pair" ratio aim
	for turn in $(seq $TURNS); do
		wire round taskset -c 0
		taskset -c 0 "$BENCH/traffic" pair ping $PINGS >>"$work/pair"
		wire stream
		"$BENCH/traffic" pair bulk $MEBIBYTES >>"$work/pair"
		wire delay
	done
	ours=$(middle ping 1 "$work/wire")
	floor=$(middle ping 1 "$work/pair")
	row "  us for a datagram and its answer" "$ours $(middle ping 2 "$work/wire")" \
		"$floor $(middle ping 2 "$work/pair")" "$(ratio "$ours" "$floor")" ""
	ours=$(middle bulk 1 "$work/wire")
	floor=$(middle bulk 1 "$work/pair")
	row "  Gb/s of one TCP stream" "$ours" "$floor" "$(ratio "$ours" "$floor")" ">= 1 Gb/s"
	row "  us that a programmed delay is late" "$(middle late 1 "$work/wire") $(middle late 2 "$work/wire")" \
		"" "" "<= 100 (p50)"
}

measure_calls() {
	title "a call, ns (recorded, but in C not)" script C ratio ""
	"$NETLAB" -v "$here/calls.lua" >"$work/calls" || { tail -n 5 "$work/calls"; return 1; }
	for name in getsockopt send socket; do
		ours=$(sed -n "s/.*bench lua $name //p" "$work/calls")
		floor=$(sed -n "s/.*bench c $name //p" "$work/calls")
		case $name in
		getsockopt) what="getsockopt SO_RCVBUF" ;;
		send) what="send, recv of a datagram on loopback" ;;
		socket) what="socket, close" ;;
		esac
		row "  $what" "$ours" "$floor" "$(ratio "$ours" "$floor")" ""
	done
}

measure_reading() {
	title "reading a recording, packets per second" "" "" "of C" ""
	"$BENCH/judge" "$here/judge.lua" >"$work/judge"
	decode=$(sed -n 's/^decode //p' "$work/judge")
	while read -r name rate; do
		case $name in
		decode) what="decode in C" ;;
		views) what="views in Lua, three fields of each read" ;;
		matcher) what="the matcher, a line a packet" ;;
		esac
		share=$(awk -v a="$rate" -v b="$decode" 'BEGIN { printf "%.4f", a / b }')
		row "  $what" "$rate" "" "$share" ""
	done <"$work/judge"
}

# From the key that begins a call until its first packet is on the screen of a terminal.
measure_screen() {
	title "netlab shell, ms (p50, p95)" netlab "" "" aim
	row "  from the call to its first packet on the screen" \
		"$(XDG_STATE_HOME="$work" "$BENCH/screen" $SCREENS "$NETLAB")" "" "" "<= 50"
}

# The report of --html, as what it adds to a run: the same experiments with it and without it, each a file of its own.
measure_report() {
	title "$REPORTED experiments with a report, ms (p50)" --html without ratio aim
	mkdir "$work/reported"
	for number in $(seq $REPORTED); do
		cp "$conversation" "$work/reported/conversation_$number.lua"
	done
	for turn in $(seq $REPORTS); do
		for more in --html="$work/report.html" --quiet; do
			"$BENCH/stopwatch" 1 sh -c '"$@" || [ $? -eq 1 ]' sh \
				"$NETLAB" -q -j 1 "$more" "$work/reported" >>"$work/took${more%=*}"
		done
	done
	with=$(percentiles "$work/took--html")
	without=$(percentiles "$work/took--quiet")
	row "  all, one after the other" "${with% *}" "${without% *}" "$(ratio "${with% *}" "${without% *}")" ""
	row "  the report alone" "$(awk -v a="${with% *}" -v b="${without% *}" 'BEGIN { printf "%.0f", a - b }')" \
		"" "" "<= 1000"
}

# show FILTER WHAT AIM: netlab show of the recording of an experiment of wire.lua
show() {
	mkdir "$work/saved"
	"$NETLAB" -q --filter "$1" --json "$work/run" --out "$work/saved" "$here/wire.lua" >"$work/turn" ||
		{ tail -n 5 "$work/turn"; return 1; }
	packets=$(sed -n 's/.*"packets":\([0-9]*\),.*/\1/p' "$work/run")
	folded=$("$BENCH/stopwatch" $SHOWS "$NETLAB" show "$work/saved"/*.pcapng)
	full=$("$BENCH/stopwatch" 1 "$NETLAB" show --full "$work/saved"/*.pcapng)
	row "  $packets packets, $2" "$folded" "${full% *}" "$(ratio "${full% *}" "${folded% *}")" "$3"
	rm -r "$work/saved"
}

measure_show() {
	title "netlab show of a recording, ms (p50, p95)" folded --full ratio aim
	show "a hundred thousand" "datagrams" "<= 1000 (folded)"
	show "stream" "a TCP stream" "<= 1000 (folded)"
}

# peer WHAT COMMAND: whether it is there. It takes other scripts than ours: its figures stand in docs/performance.md.
peer() {
	if command -v "$2" >/dev/null 2>&1; then
		row "  $1" "" "installed" "" "figures: docs/performance.md"
	else
		row "  $1" "" "not installed" "" "figures: docs/performance.md"
	fi
}

measure_peers() {
	title "the same with other tools, ms (p50, p95)" netlab them ratio ""
	ours=$("$BENCH/stopwatch" 5 "$NETLAB" -q "$conversation")
	if theirs=$("$BENCH/stopwatch" 5 sh "$here/shell.sh" 2>/dev/null); then
		row "  shell: ip netns, tcpdump, python3" "$ours" "$theirs" "$(ratio "${ours% *}" "${theirs% *}")" ""
	else
		row "  shell: ip netns, tcpdump, python3" "$ours" "does not run here" "" "needs these and util-linux"
	fi
	peer packetdrill packetdrill
	peer Mininet mn
}

printf 'netlab bench: %s processors, Linux %s, load %s\n' "$(nproc)" "$(uname -r)" "$(cut -d' ' -f1 /proc/loadavg)"
measure_result
measure_throughput
measure_process
measure_many
measure_wire
measure_calls
measure_reading
measure_screen
measure_report
measure_show
measure_peers
