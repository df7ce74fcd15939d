# SPDX-License-Identifier: BSD-2-Clause
# bash completion of hifnctl: subcommands and options from its own table, cards and volumes as they are.
# shellcheck shell=bash

_hifnctl_uses() { # cards, and for root volumes and SAs
	hifnctl status --json 2>/dev/null |
		grep -oE '"(card|name)":"[^"]*"' | sed 's/.*:"//; s/"$//'
}

_hifnctl() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words
	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		words="$(hifnctl --words 2>/dev/null) help"
	elif [[ $previous == --textfile || ${COMP_WORDS[1]} == decode || ${COMP_WORDS[1]} == report ||
		(${COMP_WORDS[1]} == survey && $current != -*) ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
	elif [ "$previous" = --netns ]; then
		words=$(ls /run/netns 2>/dev/null)
	elif [[ $current == -* ]]; then
		words="$(hifnctl --words "${COMP_WORDS[1]}" 2>/dev/null | grep -oE -- '--[a-z]+' | sort -u) --json --netns"
	else
		case ${COMP_WORDS[1]} in
		help) words=$(hifnctl --words 2>/dev/null) ;;
		doctor | status | selftest | offline | online) words=$(_hifnctl_uses) ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	# a PCI address has colons, which readline takes for ends of words
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$current"
	fi
}
complete -F _hifnctl hifnctl
