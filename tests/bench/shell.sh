#!/bin/sh
# shell.sh: the same experiment with the tools that everybody has: ip, tcpdump, python3. It runs itself in
# namespaces of its own (as an ordinary user too), so nothing of the machine is changed. Fails unless the ten
# segments were captured.
set -eu
if [ "${1-}" != inside ]; then
	own=
	# not as root inside: tcpdump would want to become another user, and there is none
	[ "$(id -u)" -eq 0 ] || own='--user --map-current-user --keep-caps'
	exec unshare $own --net --mount --pid --fork --kill-child sh "$0" inside
fi
python=$(command -v /usr/bin/python3 || command -v python3)
mount -t tmpfs none /run
for host in a b; do
	ip netns add $host
	ip netns exec $host sysctl -qw net.ipv6.conf.default.disable_ipv6=1
done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a address add 10.0.0.1/24 dev eth0
ip -n b address add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
mkfifo /run/said
ip netns exec b tcpdump -i eth0 -n -U --immediate-mode -Z root -w /run/packets -c 10 tcp 2>/run/said &
dump=$!
grep -q 'listening on' /run/said
ip netns exec b "$python" -c '
import socket
l = socket.create_server(("", 8080))
open("/run/ready", "w").close()
s = l.accept()[0]
assert s.recv(64) == b"question"
s.send(b"answer")
assert s.recv(64) == b""
s.close()' &
while [ ! -e /run/ready ]; do
	sleep 0.001
done
ip netns exec a "$python" -c '
import socket
c = socket.create_connection(("10.0.0.2", 8080))
c.send(b"question")
assert c.recv(64) == b"answer"
c.close()'
wait $dump
[ "$(tcpdump -n -r /run/packets 2>/dev/null | wc -l)" -eq 10 ]
