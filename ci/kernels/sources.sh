# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # kernels, of ci/kernel
# Which sources the kernels of ci/kernel are built from: packages of the distribution,
# chosen once per lab and written down, so that every run with that lab builds the same.
# Uses say, die and $kernels of ci/kernel.

chosen=$kernels/sources-$(basename "${ACF_LAB:?run it by ci/kernel}")

# Newest first.
offered() { apt-cache search --names-only '^linux-source-[0-9.]*$' | awk '{ print $1 }' | sort -rV; }
candidate() { apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

look_at_archive() {
	apt-get -q update >"$chosen.log" 2>&1 || say "apt-get update failed, see $chosen.log"
}

# stable: Debian 13's own, as the kernel that guests boot by default; um: the newest that the
# patches of ci/kernels/um-patches fit.
choose() {
	look_at_archive
	{
		record stable linux-source-6.12
		record um "$(offered | head -n 1)"
	} >"$chosen.new"
	mv "$chosen.new" "$chosen"
}

record() { # family, package
	version=$(candidate "$2" 2>/dev/null)
	[ -z "$version" ] || echo "$1 $2 $version"
}

# package_of FAMILY, version_of FAMILY: empty if the archive had none.
package_of() { awk -v f="$1" '$1 == f { print $2 }' "$chosen" 2>/dev/null; }
version_of() { awk -v f="$1" '$1 == f { print $3 }' "$chosen" 2>/dev/null; }

replace() { # family, package
	{
		grep -v "^$1 " "$chosen"
		record "$1" "$2"
	} >"$chosen.new"
	mv "$chosen.new" "$chosen"
}

source_dir() { echo "$kernels/source-$(version_of "$1")"; }

# Unpacked once for all kernels of that version.
fetch() { # family
	package=$(package_of "$1") version=$(version_of "$1") into=$(source_dir "$1")
	[ ! -d "$into" ] || return 0
	say "fetching $package $version"
	rm -rf "$into.tmp"
	mkdir -p "$into.tmp/tree"
	(cd "$into.tmp" && apt-get -q download "$package=$version") >"$into.log" 2>&1 || return 1
	dpkg-deb --fsys-tarfile "$into.tmp"/*.deb | tar -x -C "$into.tmp" --wildcards \
		--transform='s|.*/||' '*.tar.xz'
	tar -x -C "$into.tmp/tree" --strip-components=1 -f "$into.tmp/$package.tar.xz"
	mv "$into.tmp/tree" "$into"
	rm -rf "$into.tmp"
}

# A version that has left the archive is chosen anew.
fetch_or_choose() { # family
	fetch "$1" && return
	say "$(package_of "$1") $(version_of "$1") cannot be downloaded: looking for what there is"
	choose
	[ -n "$(version_of "$1")" ] && fetch "$1"
}

um_patches=/src/ci/kernels/um-patches

# The patched tree is made of links to the plain one, which patch breaks for what it
# changes. Its name does not tell the patches, for the sake of ccache.
um_tree() {
	plain=$(source_dir um) tree=$(source_dir um)-um
	stamp=$(cat $um_patches/*.patch | sha256sum | cut -c1-12)
	[ "$(cat "$tree/acf-patches" 2>/dev/null)" != "$stamp" ] || return 0
	rm -rf "$tree"
	cp -al "$plain" "$tree"
	for patch in "$um_patches"/*.patch; do
		patch -d "$tree" -p1 -s --no-backup-if-mismatch <"$patch" >"$tree.log" 2>&1 || return 1
	done
	echo "$stamp" >"$tree/acf-patches"
}

# Tries one source after the other until the patches fit.
um_source() {
	for package in $(offered | sed -n "/^$(package_of um)\$/,\$p"); do
		[ "$package" = "$(package_of um)" ] || replace um "$package"
		fetch_or_choose um && um_tree && return
		say "the patches of ci/kernels/um-patches do not fit $package $(version_of um): trying the one before"
	done
	return 1
}
