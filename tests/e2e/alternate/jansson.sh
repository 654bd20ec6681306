#!/usr/bin/env bash
# A repository of jansson, as its source package has it, with a small driver and a configuration: v1 is the package's.
# usage: tests/e2e/alternate/jansson.sh make SOURCE.tar.gz FOLDER
#        tests/e2e/alternate/jansson.sh plant FOLDER    makes one function slower in the work tree
set -eu

make_repo() {
	mkdir "$2"
	tar xf "$1" -C "$2" --strip-components=1
	mkdir "$2/driver"
	cp "$(dirname "$0")/jansson_driver.c" "$2/driver"
	: > "$2/driver/jansson_private_config.h"
	cd "$2"
	cat > regress-gate.json <<-'END'
	{
	  "target": {"command": ["./catalogue"]},
	  "frequency": 1999,
	  "window": "10s",
	  "alternate": {"build": "cc -O2 -g -DHAVE_STDINT_H -Idriver -Iandroid -Isrc src/*.c driver/*.c -lm -o catalogue"}
	}
	END
	echo catalogue > .gitignore
	git init -q -b main .
	git config user.name a
	git config user.email a@example.org
	git add -A
	git commit -q -m jansson
	git tag v1
}

# A look at one byte of every KiB written so far, whenever something is appended.
plant() {
	cd "$1"
	sed -i '/memcpy(strbuff->value + strbuff->length, data/i\
    for (size_t i = 0; i < strbuff->length; i += 1024)\
        if (strbuff->value[i] == (char)0xff)\
            return -1;' src/strbuffer.c
	[ "$(git diff --numstat | cut -f1)" = 3 ]
}

case $1 in
make) make_repo "$2" "$3" ;;
plant) plant "$2" ;;
esac
