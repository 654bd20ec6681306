#!/usr/bin/env bash
# Builds the service, sends it good and bad requests and checks what it answers;
# then applies the patches of v1.5 and checks that version too.
set -u
export LC_ALL=C # Content-Length counts bytes

# A service that hangs must not hang its test.
[ "${1-}" = bounded ] || exec timeout -k 2 60 "$0" bounded

cd "$(dirname "$0")" || exit 1
dir=$(mktemp -d)
passed=0
failed=0
server=
port=

cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT

check() { # name, pattern, text
	if [[ $3 =~ $2 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s: wanted %s, got: %.300s\n' "$1" "$2" "$3"
	fi
}

accepts() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

start() { # binary; on a port that nothing accepts on
	while port=$((20000 + RANDOM % 12000)) && accepts "$port"; do :; done
	"$1" --port "$port" --audit "$dir/audit.log" &
	server=$!
	for _ in {1..100}; do
		accepts "$port" && return
		sleep 0.05
	done
}

stop() {
	kill "$server"
	wait "$server"
	check "$1: SIGTERM ends the service with 0" '^0$' "$?"
	server=
}

ask() { # sends its input and prints the answers
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	cat >&3 2>/dev/null
	timeout 6 cat <&3 2>/dev/null
	exec 3>&-
}

request() { # method, target, body
	printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' "$1" "$2"
	printf 'Content-Length: %d\r\n\r\n%s' "${#3}" "$3"
}

order() { # name, pattern, body
	check "$1" "$2" "$(request POST /orders "$3" | ask | tr -d '\r\n')"
}

raw() { # name, pattern, format of the request
	# shellcheck disable=SC2059
	check "$1" "$2" "$(printf "$3" | ask | tr -d '\r\n')"
}

repeat() { # text, times
	local s=$1 len=$((${#1} * $2))

	while [ ${#s} -lt "$len" ]; do s+=$s; done
	printf '%s' "${s:0:len}"
}

item='{"sku":"BOK-000230-F","quantity":3}'

good_orders() {
	order 'an order' '^HTTP/1.1 201 .*"order":[0-9]+,"customer":"C12345678","subtotal":' \
		"{\"customer\":\"C12345678\",\"items\":[$item]}"
	order 'its total' '"subtotal":550.17,"discount":27.51,"tax":36.59,"total":559.25,' \
		"{\"customer\":\"C12345678\",\"coupon\":\"WELCOME5\",\"items\":[$item]}"
	order 'a campaign and a coupon' \
		'"subtotal":28406.76,"discount":4667.49,"tax":1661.75,"total":25401.02,' \
		"{\"customer\":\"C12345678\",\"coupon\":\"SPRING10\",\"items\":[
		${item/3\}/12\}},{\"sku\":\"BOK-001302-0\",\"quantity\":200}]}"
	order 'a note with escapes' '"note":"a.u0001\\"b\\"ü😀"' \
		"{\"items\":[{\"note\":\"a\\u0001\\\"b\\\"\\u00fc\\ud83d\\ude00\",${item:1}],
		\"customer\":\"C12345678\"}"
	order '64 items' '^HTTP/1.1 201 ' \
		"{\"customer\":\"C12345678\",\"items\":[$(repeat "$item," 63)$item]}"
}

bad_json() {
	order 'no JSON' '^HTTP/1.1 400 .*expected a value' 'hello'
	order 'no body' '^HTTP/1.1 400 .*expected a value' ''
	order 'an unterminated object' '^HTTP/1.1 400 .*comma or the end' '{"customer":"C12345678"'
	order 'an unterminated string' '^HTTP/1.1 400 .*unterminated string' '{"customer":"C123'
	order 'an escape cut short' '^HTTP/1.1 400 .*truncated .*escape' '["\u12'
	order 'a lone surrogate' '^HTTP/1.1 400 .*lone surrogate' '["\ud800"]'
	order 'invalid UTF-8' '^HTTP/1.1 400 .*invalid UTF-8' $'["\xc3("]'
	order 'a trailing comma' '^HTTP/1.1 400 .*expected a value' '[1,]'
	order 'a leading zero' '^HTTP/1.1 400 .*bad number' '[01]'
	order 'text after the value' '^HTTP/1.1 400 .*text after the value' '{} {}'
	order 'deep nesting' '^HTTP/1.1 400 .*nested too deeply' "$(repeat '[' 30000)"
	order 'too many values' '^HTTP/1.1 400 .*too many values' "[$(repeat '1,' 2000)1]"
}

bad_orders() {
	order 'no object' '^HTTP/1.1 422 .*must be an object' '[]'
	order 'no customer' '^HTTP/1.1 422 .*customer must be a string' "{\"items\":[$item]}"
	order 'no items' '^HTTP/1.1 422 .*items must be an array' '{"customer":"C12345678"}'
	order 'empty items' '^HTTP/1.1 422 .*needs an item' '{"customer":"C12345678","items":[]}'
	order 'an unknown coupon' '^HTTP/1.1 422 .*no such coupon' \
		"{\"customer\":\"C12345678\",\"coupon\":\"X\",\"items\":[$item]}"
	order 'a wrong check character' '^HTTP/1.1 422 .*check character is wrong' \
		"{\"customer\":\"C12345678\",\"items\":[${item/-F/-G}]}"
	order 'an unknown product' '^HTTP/1.1 422 .*no such product' \
		"{\"customer\":\"C12345678\",\"items\":[${item/000230-F/000001-4}]}"
	for quantity in 0 -1 1000 99999999999999999999; do
		order "a quantity of $quantity" '^HTTP/1.1 422 .*quantity' \
			"{\"customer\":\"C12345678\",\"items\":[${item/3\}/$quantity\}}]}"
	done
	order 'a fraction' '^HTTP/1.1 422 .*must be an integer' \
		"{\"customer\":\"C12345678\",\"items\":[${item/3\}/1.5\}}]}"
	order '65 items' '^HTTP/1.1 422 .*too many items' \
		"{\"customer\":\"C12345678\",\"items\":[$(repeat "$item," 64)$item]}"
}

http() {
	local head='POST /orders HTTP/1.1\r\nHost: localhost\r\n'
	local health='GET /healthz HTTP/1.1\r\nHost: localhost\r\n'

	check 'health' '^HTTP/1.1 200 OK.*"status":"ok"' "$(request GET /healthz '' | ask)"
	check 'HEAD is answered without a body' '^HTTP/1.1 405 [^{]*$' "$(request HEAD /healthz '' | ask)"
	check 'an unknown target' '^HTTP/1.1 404 ' "$(request GET /nothing '' | ask)"
	check 'a wrong method' $'^HTTP/1.1 405 .*\r\nAllow: POST\r\n' "$(request GET /orders '' | ask)"
	raw 'no request line' '^HTTP/1.1 400 ' 'hello\r\n\r\n'
	raw 'an unknown version' '^HTTP/1.1 400 ' 'GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n'
	raw 'no host' '^HTTP/1.1 400 ' 'GET /healthz HTTP/1.1\r\n\r\n'
	raw 'a folded field' '^HTTP/1.1 400 ' "$head folded: 1\r\n\r\n"
	raw 'a huge length' '^HTTP/1.1 413 ' "${head}Content-Length: 99999999999999999999\r\n\r\n"
	raw 'a negative length' '^HTTP/1.1 400 ' "${head}Content-Length: -1\r\n\r\n"
	raw 'two lengths' '^HTTP/1.1 400 ' "${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n"
	raw 'chunks' '^HTTP/1.1 501 ' "${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	raw 'a long field' '^HTTP/1.1 431 ' "${head}X-Long: $(repeat x 9000)\r\n\r\n"
	raw 'two requests at once' '"ok".*HTTP/1.1 200 OK.*"ok"' \
		"$health\r\n${health}Connection: close\r\n\r\n"
	check 'a request in pieces' '^HTTP/1.1 200 ' "$(
		{
			printf 'GET /hea'
			sleep 0.2
			printf 'lthz HTTP/1.1\r\nHost: a\r\nConnection: close\r'
			sleep 0.2
			printf '\n\r\n'
		} | ask
	)"
}

timed_load() { # binary
	local out

	out=$("$1" --port "$port" --rate 500 --duration 1)
	check 'the load ends by itself' '^0 requests [1-9][0-9]* errors 0 p50 ' "$? $out"
}

endless_load() { # binary
	local pid

	"$1" --port "$port" --rate 200 --connections 2 >"$dir/load.out" &
	pid=$!
	sleep 0.5
	kill "$pid"
	wait "$pid"
	check 'the load ends at SIGTERM' '^0 requests [1-9][0-9]* errors 0 p50 ' \
		"$? $(cat "$dir/load.out")"
}

command_line() {
	"$1" --port "$port" 2>/dev/null
	check 'a port in use' '^1$' "$?"
	"$1" --port 70000 2>/dev/null
	check 'an impossible port' '^2$' "$?"
}

build_patched() {
	unset "${!GIT_@}"
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	export GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.com
	export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.com
	mkdir "$dir/patched" && cp Makefile ./*.c ./*.h "$dir/patched" || return
	git -C "$dir/patched" init -q -b main && git -C "$dir/patched" add -A &&
		git -C "$dir/patched" commit -q -m 'orders 1.4' &&
		git -C "$dir/patched" am -q "$PWD"/patches/*.patch &&
		make -s -C "$dir/patched" CFLAGS=-O0 BUILD="$dir/v1.5"
}

build_patched >"$dir/patched.log" 2>&1 &
patched=$!
make -s BUILD="$dir/v1.4" 2>"$dir/build.log"
check 'v1.4 builds without a warning' '^0 $' "$? $(cat "$dir/build.log")"
start "$dir/v1.4/orders"
printf 'POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{' | ask >"$dir/truncated" &
truncated=$!
http
good_orders
bad_json
bad_orders
timed_load "$dir/v1.4/orders-load"
command_line "$dir/v1.4/orders"
wait "$truncated"
check 'a truncated request' '^HTTP/1.1 408 ' "$(cat "$dir/truncated")"
stop v1.4
lines=$(printf 'BOK-000230-F 3 588.68\n' | sha256sum)
check 'the audit log' "^1 C12345678 1 588.68 ${lines%% *} [0-9a-f]{64}"$'\n' "$(cat "$dir/audit.log")"

wait "$patched"
check 'v1.5 applies and builds without a warning' '^0 $' "$? $(cat "$dir/patched.log")"
start "$dir/v1.5/orders"
endless_load "$dir/v1.4/orders-load"
stop v1.5

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
