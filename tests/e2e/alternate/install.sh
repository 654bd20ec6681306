#!/usr/bin/env bash
# Fetches the source packages that alternating mode is tried on, into a folder outside of the source tree. apt checks
# their signatures; its lists are ours, so that the machine's sources stay as they are.
# usage: tests/e2e/alternate/install.sh
set -eu
shopt -s extglob

packages=(jansson zlib)
cache=${RG_SOURCES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/sources}
if [ -e "$cache/${packages[-1]}.orig.tar" ]; then
	exit 0
fi
ID='' VERSION_CODENAME=''
# shellcheck disable=SC1091 # it is the machine's
. /etc/os-release
case $ID in
debian) mirror=http://deb.debian.org/debian ;;
ubuntu) mirror=http://archive.ubuntu.com/ubuntu ;;
*)
	echo "deps: no source packages of '$ID' are known: alternating mode is not tried on one" >&2
	[ "${CI:-}" != true ]
	exit
	;;
esac
echo "deps: fetching the source packages of ${packages[*]} into $cache"
rm -rf "$cache"
mkdir -p "$cache/lists/partial"
echo "deb-src [signed-by=/usr/share/keyrings/$ID-archive-keyring.gpg] $mirror $VERSION_CODENAME main" > "$cache/sources.list"
options=(-qq -o "Dir::Etc::sourcelist=$cache/sources.list" -o Dir::Etc::sourceparts=/dev/null
	-o "Dir::State::lists=$cache/lists" -o "Dir::Cache=$cache" -o "APT::Sandbox::User=$(id -un)")
cd "$cache"
apt-get "${options[@]}" update
apt-get "${options[@]}" source --download-only "${packages[@]}"
# They are packed in several ways, which tar finds out.
for package in "${packages[@]}"; do
	mv "$package"_*.orig.tar.@(gz|bz2|xz) "$package.orig.tar"
done
rm -rf lists ./*.bin
