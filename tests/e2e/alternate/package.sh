#!/usr/bin/env bash
# A repository of a program of others, as its source package has it, with a small driver and a configuration: v1 is the
# package's.
# usage: tests/e2e/alternate/package.sh make jansson|zlib SOURCE FOLDER
#        tests/e2e/alternate/package.sh plant jansson|zlib FOLDER    makes one function slower in the work tree
set -eu

here=$(cd "$(dirname "$0")" && pwd)

# The driver's name, and how both are built.
describe() {
	case $1 in
	jansson)
		program=catalogue
		build='cc -O2 -g -DHAVE_STDINT_H -Idriver -Iandroid -Isrc src/*.c driver/*.c -lm -o catalogue'
		;;
	zlib)
		program=archive
		build='CFLAGS=\"-O2 -g\" ./configure --static && make -s libz.a && cc -O2 -g -I. driver/*.c libz.a -o archive'
		;;
	*)
		echo "package.sh: no package '$1'" >&2
		exit 2
		;;
	esac
}

make_repo() {
	mkdir "$3"
	tar xf "$2" -C "$3" --strip-components=1
	mkdir "$3/driver"
	cp "$here/$1_driver.c" "$3/driver"
	cd "$3"
	: > driver/jansson_private_config.h
	cat > regress-gate.json <<-END
	{
	  "target": {"command": ["./$program"]},
	  "frequency": 1999,
	  "window": "20s",
	  "alternate": {"build": "$build"}
	}
	END
	echo "$program" > .gitignore
	git init -q -b main .
	git config user.name a
	git config user.email a@example.org
	git add -A
	git commit -q -m "$1"
	git tag v1
}

# A look at one byte of every KiB written so far, whenever something is appended.
plant_jansson() {
	sed -i '/memcpy(strbuff->value + strbuff->length, data/i\
    for (size_t i = 0; i < strbuff->length; i += 1024)\
        if (strbuff->value[i] == (char)0xff)\
            return -1;' src/strbuffer.c
	[ "$(git diff --numstat | cut -f1)" = 3 ]
}

# The limit on how many places with the same beginning are looked at is lost.
plant_zlib() {
	sed -i 's/^\( *\)&& --chain_length != 0);/\1);/' deflate.c
	[ "$(git diff --numstat deflate.c | cut -f1,2)" = $'1\t1' ]
}

describe "$2"
case $1 in
make) make_repo "$2" "$3" "$4" ;;
plant)
	cd "$3"
	"plant_$2"
	;;
esac
