#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes the two trees: the guest's root file system, and the lab with the kernels.
# usage: trees.sh guest|lab DIR    (as root)
# DIR/mirrors has the addresses of the archive and of its security updates, DIR/apt.conf
# how apt reaches them.
set -eu
tree=$1 dir=$2
here=$(cd "$(dirname "$0")" && pwd)
read -r mirror security <"$dir/mirrors"

words() { sed 's/#.*//' "$1" | tr -s ' \n' ',,' | sed 's/^,//; s/,$//'; }

write_sources() {
	cat <<-END
	deb [arch=amd64] $mirror trixie main
	deb [arch=amd64] $mirror trixie-updates main
	deb [arch=amd64] $security trixie-security main
	deb [arch=amd64] $mirror trixie-backports main
	END
}

# Headers of the oldest kernel we support, and the peer's kernel, are Debian 12's.
write_old_sources() {
	cat <<-END
	deb [arch=amd64,i386] $mirror bookworm main
	deb [arch=amd64] $security bookworm-security main
	END
}

bootstrap() { # directory, package list, further options; sources on standard input
	into=$1 list=$2
	shift 2
	mmdebstrap --mode=root --skip=check/empty \
		--include="$(words "$list")" \
		--aptopt="$dir/apt.conf" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='APT::Sandbox::User "root"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$@" trixie "$into" -
}

case $tree in
guest)
	write_sources | bootstrap "$dir/guest" "$here/guest.pkgs" --variant=essential
	;;
lab)
	{ write_sources; write_old_sources; } |
		bootstrap "$dir/root" "$here/lab.pkgs" --variant=apt \
			--architectures=amd64,i386 \
			--setup-hook="sh '$here/pin-old.sh' \"\$1\"" \
			--customize-hook="sh '$here/kernels.sh' \"\$1\" '$dir'"
	;;
esac
