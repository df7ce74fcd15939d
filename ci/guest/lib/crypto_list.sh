# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2016 # awk programs
# The kernel's list of algorithms, /proc/crypto, which nobody else reads; py/crypto_list.py is
# the same for Python.
#
#   crypto_entries              "NAME DRIVER PRIORITY SELFTEST" of each
#   crypto_ours                 driver names of acf's, each once
#   crypto_tested               how many of ours have passed the kernel's own tests
#   crypto_twice                driver names that are there twice
#   crypto_has DRIVER           is there such a driver?
#   served_by NAME              the driver that who asks for an algorithm gets
#   crypto_text                 the list as it is, to be kept

crypto_list=/proc/crypto

crypto_text() { cat $crypto_list; }

# An entry begins with its name and ends with an empty line.
crypto_entries() {
	crypto_text | awk '
		function end() {
			if (entry["driver"] != "")
				print entry["name"], entry["driver"], entry["priority"], entry["selftest"]
			split("", entry)
		}
		NF == 0 { end() }
		$2 == ":" { entry[$1] = $3 }
		END { end() }'
}

crypto_ours() { crypto_entries | awk '$2 ~ /-acf$/ { print $2 }' | sort -u; }

crypto_tested() {
	crypto_entries | awk '$2 ~ /-acf$/ && $4 == "passed" { n++ } END { print n + 0 }'
}

crypto_twice() { crypto_entries | awk '{ print $2 }' | sort | uniq -d; }

crypto_has() {
	crypto_entries | awk -v driver="$1" '$2 == driver { found = 1 } END { exit !found }'
}

# The first of those of the highest priority. Newer kernels have some of their own that the
# card is not asked for: hmac(sha1) before ours, xts(aes) in one piece.
served_by() {
	crypto_entries | awk -v name="$1" '$1 == name && $3 > best { best = $3; by = $2 }
		END { print by }'
}
