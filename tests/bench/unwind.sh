#!/usr/bin/env bash
# How complete and how right stacks of stripped programs without frame pointers are, beside perf's, in the same minute.
# usage: tests/bench/unwind.sh PATH-OF-regress-gate PATH-OF-calls [SECONDS [HERTZ]]
# calls is the truth program of that name, built with frame pointers: what a walk of about 20 frames costs in the kernel,
# beside bpf_get_stack as bpftrace calls it. Of redis, nginx and PostgreSQL those are measured that are installed, each under its own load.
set -euo pipefail
gate=$1
calls=$2
length=${3:-5}
hertz=${4:-199}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
chmod 755 "$scratch"
server=
load=
stop() {
	[ -z "$load" ] || kill "$load" 2>/dev/null || true
	[ -z "$server" ] || kill -INT "$server" 2>/dev/null || true
	wait 2>/dev/null || true
	load='' server=''
}
trap 'stop; rm -rf "$scratch"' EXIT
stacks() { python3 "$here/unwind.py" "$@"; }
fact() { sed -n "s,^regress-gate/1 $1=,,p" "$scratch/facts"; }
family() { { echo "$1"; pgrep -P "$1" || true; } | paste -sd,; }

# Where _start is in a process's file.
start_of() { readelf -hW "/proc/$1/exe" | awk '/Entry point/ {print substr($4, 3)}'; }

# by_perf NAME OPTIONS…: of all processes of $server.
by_perf() {
	local name=$1
	shift
	perf record -q -e cpu-clock -F "$hertz" "$@" -p "$(family "$server")" -o "$scratch/$name.data" -- sleep "$length" >/dev/null 2>&1
	perf script --no-inline -i "$scratch/$name.data" -F ip,sym,dso >"$scratch/$name" 2>/dev/null
}

measure() {
	local name=$1 before start
	start=$(start_of "$server")
	before=$(date +%s%N)
	"$gate" capture -q --no-off-cpu -F "$hertz" -w "${length}s" -o "$scratch/gate.data" --pid "$server"
	by_perf fp --call-graph fp
	by_perf dwarf --call-graph dwarf
	go tool pprof -comments "$scratch/gate.data" >"$scratch/facts"
	go tool pprof -raw "$scratch/gate.data" >"$scratch/gate"
	printf '%-11s %-24s %-18s %-22s %s\n' "$name" profiler complete 'agrees with dwarf' bytes
	printf '%-11s %-24s %-18s %-22s %s\n' '' 'regress-gate' "$(stacks complete raw "$scratch/gate")" \
		"$(stacks agree raw "$scratch/gate" perf "$scratch/dwarf")" "$(stat -c %s "$scratch/gate.data")"
	for way in fp dwarf; do
		printf '%-11s %-24s %-18s %-22s %s\n' '' "perf --call-graph $way" "$(stacks complete perf "$scratch/$way" "$start")" \
			"$(stacks agree perf "$scratch/$way" perf "$scratch/dwarf")" "$(stat -c %s "$scratch/$way.data")"
	done
	printf '%-11s the halves of the dwarf stacks agree with one another: %s\n' '' "$(stacks halves "$scratch/dwarf")"
	printf '%-11s start to window %d ms; %s rows, %s bytes, built in %d ms; BPF %d ns a sample; load %s\n' '' \
		$((($(fact started_ns) - before) / 1000000)) "$(fact unwind.rows)" "$(fact unwind.table_bytes)" \
		$(($(fact unwind.build_ns) / 1000000)) \
		"$(awk -v ns="$(fact own.bpf_ns)" -v raw="$(stacks complete raw "$scratch/gate")" 'BEGIN {split(raw, f, " "); printf "%d", ns / f[4]}')" \
		"$(cut -d' ' -f1 /proc/loadavg)"
}

measure_redis() {
	redis-server --port 7391 --save '' --dir "$scratch" >/dev/null 2>&1 & server=$!
	sleep 1
	while redis-benchmark -p 7391 -q -n 200000 -t set,get,lpush,zadd,lrange_100 -P 4 >/dev/null 2>&1; do :; done & load=$!
	sleep 1
	measure redis
	stop
}

measure_nginx() {
	mkdir -p "$scratch/www"
	head -c 4096 /dev/urandom | base64 >"$scratch/www/index.html"
	cat >"$scratch/nginx.conf" <<-END
		daemon off; worker_processes 1; pid $scratch/nginx.pid; error_log /dev/null; user root;
		events { worker_connections 256; }
		http { access_log off; gzip on; gzip_min_length 0; gzip_types text/html text/plain; default_type text/plain;
		server { listen 127.0.0.1:7392; root $scratch/www; } }
	END
	nginx -c "$scratch/nginx.conf" -p "$scratch" >/dev/null 2>&1 & server=$!
	sleep 1
	while ab -q -k -c 16 -n 200000 -H 'Accept-Encoding: gzip' http://127.0.0.1:7392/index.html >/dev/null 2>&1; do :; done & load=$!
	sleep 1
	measure nginx
	stop
}

measure_postgres() {
	local bin as=()
	bin=$(dirname "$1")
	[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
	install -d -o postgres "$scratch/pg"
	"${as[@]}" "$bin/initdb" -D "$scratch/pg" -A trust >/dev/null 2>&1
	"${as[@]}" "$bin/postgres" -D "$scratch/pg" -p 7393 -k "$scratch/pg" -c listen_addresses= -c fsync=off >/dev/null 2>&1 & server=$!
	sleep 3
	"${as[@]}" "$bin/pgbench" -h "$scratch/pg" -p 7393 -i -s 2 -q postgres >/dev/null 2>&1
	"${as[@]}" "$bin/pgbench" -h "$scratch/pg" -p 7393 -S -c 2 -T 600 postgres >/dev/null 2>&1 & load=$!
	sleep 2
	measure postgres
	stop
}

# run_time NAME: of the loaded perf_event programs whose names begin so, in ns. bpftrace calls its program by the frequency.
run_time() { bpftool prog show | awk -v n="$1" '$2 == "perf_event" && index($4, n) == 1 {on = 1} on {for (i = 1; i < NF; i++) if ($i == "run_time_ns") t += $(i + 1); on = 0} END {print t + 0}'; }

# Both at once: the capture has the kernel count the run time of all programs.
measure_cost() {
	local tracer capture theirs
	"$calls" recursion 20 & server=$!
	bpftrace -q -e "profile:hz:$hertz /pid == $server/ { @[ustack(127)] = count(); @n = count(); }" >"$scratch/bpftrace" 2>&1 & tracer=$!
	sleep 3
	"$gate" capture -q --no-off-cpu -F "$hertz" -w "$((length + 1))s" -o "$scratch/cost.data" --pid "$server" & capture=$!
	sleep "$length"
	theirs=$(run_time "$hertz")
	wait "$capture"
	kill -INT "$tracer"
	wait "$tracer" || true
	go tool pprof -comments "$scratch/cost.data" >"$scratch/facts"
	go tool pprof -raw "$scratch/cost.data" >"$scratch/gate"
	# It was started with SIGINT ignored, and has no handler.
	kill "$server"
	echo "calls, 20 deep: regress-gate $(fact own.bpf_ns) ns for $(stacks complete raw "$scratch/gate") stacks;" \
		"bpftrace $theirs ns for about $((length * hertz)) ($(sed -n 's/^@n: //p' "$scratch/bpftrace") with start and end)"
	stop
}

echo "$(uname -r), $(nproc) CPUs, ${length} s at $hertz Hz, load at the start $(cut -d' ' -f1 /proc/loadavg):"
command -v redis-server >/dev/null && measure_redis
command -v nginx >/dev/null && measure_nginx
postgres=$(find /usr/lib/postgresql -name postgres -type f 2>/dev/null | sort | tail -n 1)
[ -z "$postgres" ] || measure_postgres "$postgres"
command -v bpftrace >/dev/null && command -v bpftool >/dev/null && measure_cost
exit 0
