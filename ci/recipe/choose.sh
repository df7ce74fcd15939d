# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# To be sourced, where apt knows the lab's sources: which kernels of the archive to take.

pins() { sed 's/#.*//' "$1" | awk 'NF == 2'; }

# All amd64 kernels of Debian 13 in the archive with headers and a kernel, of any series.
all_names() {
	apt-cache pkgnames linux-headers- | sed 's/^linux-headers-//' |
		grep -xE '[0-9]+\.[0-9]+\.[0-9]+\+deb13(\.[0-9]+)?-amd64' | sort -V
}

# 7.3.4+deb13-amd64 is of the series 7.3 of Debian 13, 6.1.0-57-amd64 of 6.1.0 of Debian 12.
series_pattern() {
	case $1 in
	*+*) echo "$1" | sed -E 's/^([0-9]+)\.([0-9]+)\.[0-9]+\+(deb[0-9]+)[.0-9]*-/\1\\.\2\\.[0-9]+\\+\3(\\.[0-9]+)?-/' ;;
	*) echo "$1" | sed -E 's/\./\\./g; s/-[0-9]+-/-[0-9]+-/' ;;
	esac
}

newest_of_series() { # name, kind of package
	apt-cache pkgnames "linux-$2-" | sed "s/^linux-$2-//" |
		grep -xE "$(series_pattern "$1")" | sort -V | tail -n 1
}

kind_of() { if [ "$1" = peer ]; then echo image; else echo headers; fi; }

there() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# Prints the kernel to take for a role; nothing when its series is gone.
choose() { # role, pinned name
	if there "linux-$(kind_of "$1")-$2" && there "linux-image-$2"; then
		echo "$2"
	else
		newest_of_series "$2" "$(kind_of "$1")"
	fi
}

# Kernels of the archive that are newer than the newest that is tested.
newer_than() { # name
	[ -n "$1" ] || return 0
	{ all_names; echo "$1"; } | sort -uV | awk -v last="$1" 'found; $0 == last { found = 1 }'
}

# The file of pins again, with the newest of each series, and of all series as newest.
newest_pins() { # file
	all=$(all_names | tail -n 1)
	while read -r role name rest; do
		case $role in
		'' | '#'*) new= ;;
		newest) new=$all ;;
		*) new=$(newest_of_series "$name" "$(kind_of "$role")") ;;
		esac
		if [ -n "$new" ]; then
			echo "$role $new"
		else
			echo "$role${name:+ $name}${rest:+ $rest}"
		fi
	done <"$1"
}
