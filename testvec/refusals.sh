#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Proves that verify can fail: each spoiled copy of a vector file must be
# refused, for the reason named. usage: refusals.sh VERIFY AGAIN SCRATCH
set -eu
verify=$1 again=$2 scratch=$3
bad=0

report() {
	echo "$1"
	[ -z "${RESULTS:-}" ] || echo "$1" >>"$RESULTS"
}

# name, file, sed program that spoils it, part of the expected reason
refuse() {
	mkdir -p "$scratch"
	cp ./*.vec "$scratch"
	sed -i "$3" "$scratch/$2"
	if cmp -s "$2" "$scratch/$2"; then
		report "not ok testvec.refuses.$1 - the file was not changed"
		bad=1
		return
	fi
	if said=$(cd "$scratch" && env -u RESULTS "$verify" "$again" wire.vec "$2"); then
		said=passed
	fi
	case $said in
	*"not ok "*"$4"*) report "ok testvec.refuses.$1" ;;
	*)
		report "not ok testvec.refuses.$1 - no mention of: $4"
		bad=1
		;;
	esac
}

refuse ciphertext aes_cbc.vec '0,/^ct = ./s//ct = 0/' 'ciphertext differs'
refuse ofb-ivout aes_ofb.vec '$s/ivout = .../ivout = 000/' 'does not continue'
refuse cfb-ivout aes_cfb.vec '$s/ivout = .../ivout = 000/' 'does not give the tail'
refuse weak-key des_ecb.vec '0,/^key = .*/s//key = 0101010101010101/' 'weak key'
refuse key-parity des_ecb.vec '0,/^key = .*/s//key = 0023456789abcdef/' 'key parity'
refuse equal-keys des3_ecb.vec \
	'0,/^key = .*/s//key = 0123456789abcdef0123456789abcdef456789abcdef0123/' \
	'equal keys'
refuse short-key aes_ecb.vec '0,/^key = ................/s//key = /' 'refused by libcrypto'
refuse unknown-alg aes_ecb.vec '0,/ecb(aes)/b;s/^alg = .*/alg = ecb(aria)/' 'unknown algorithm'
refuse same-name des_ecb.vec 's/^name = gen-64-16$/name = gen-64-8/' 'name used twice'
refuse xts-ciphertext aes_xts.vec '0,/^ct = ./s//ct = 0/' 'ciphertext differs'
refuse xts-stolen aes_xts.vec '/^name = gen-384-31$/,/^ct/s/^ct = \(.*\)..$/ct = \100/' 'ciphertext differs'
refuse xts-iv aes_xts.vec '/^name = gen-512-4096$/,/^iv/s/^iv = ../iv = 00/' 'ciphertext differs'
refuse xts-ivout aes_xts.vec '0,/^pt = /s//ivout = 00\n&/' 'does not take'
refuse xts-equal-keys aes_xts.vec '0,/^key = .*/s//key = 2222222222222222222222222222222222222222222222222222222222222222/' 'refused by libcrypto'
refuse xts-short aes_xts.vec '/^name = gen-384-16$/,/^ct/s/^\([pc]t\) = ../\1 = /' 'less than a block'
refuse missing-field aes_cbc.vec '0,/^ivout/{/^ivout/d}' 'field missing'
refuse hash-mac md5.vec '0,/^mac = ../s//mac = 00/' 'mac differs'
refuse hash-msg sha1.vec '0,/^msg = ../s//msg = 00/' 'mac differs'
refuse hash-empty-msg md5.vec '0,/^msg = -/s//msg = 00/' 'mac differs'
refuse hmac-msg hmac_md5.vec '0,/^msg = ../s//msg = 00/' 'mac differs'
refuse hmac-key hmac_sha1.vec '0,/^mackey = ../s//mackey = 00/' 'mac differs'
refuse hmac-no-key hmac_sha1.vec '0,/^mackey/{/^mackey/d}' 'field missing'
refuse hash-with-key sha1.vec '0,/^msg/s//mackey = 00\n&/' 'does not take'
refuse short-mac hmac_md5.vec '0,/^mac = ../s//mac = /' 'mac of 15 bytes'
refuse long-mac md5.vec '0,/^mac = /s//&00/' 'mac of 17 bytes'
refuse unknown-hash hmac_sha1.vec 's/^alg = .*/alg = hmac(sha256)/' 'unknown algorithm'
refuse aead-mac authenc_sha1_aes.vec '0,/^mac = ../s//mac = 00/' 'mac differs'
refuse aead-mackey authenc_md5_des.vec '0,/^mackey = ..../s//mackey = 0000/' 'mac differs'
refuse aead-aad authenc_sha1_des3.vec '0,/^aad = ..../s//aad = 0000/' 'mac differs'
refuse aead-ciphertext authenc_sha1_aes.vec '0,/^ct = ../s//ct = 00/' 'ciphertext differs'
refuse aead-plaintext authenc_md5_des3.vec '0,/^pt = ..../s//pt = 0000/' 'ciphertext differs'
refuse aead-iv authenc_md5_aes.vec '0,/^iv = ..../s//iv = 0000/' 'ciphertext differs'
refuse aead-short-iv authenc_sha1_des.vec '0,/^iv = ../s//iv = /' 'iv of 7 bytes'
refuse aead-short-key authenc_sha1_aes.vec '0,/^key = ../s//key = /' 'refused by libcrypto'
refuse aead-odd-aad authenc_sha1_aes.vec '0,/^aad = ../s//aad = /' 'aad of 23 bytes'
refuse aead-short-aad authenc_md5_des.vec '0,/^aad = ......../s//aad = /' 'aad of 4 bytes'
refuse aead-aad-iv authenc_sha1_aes.vec \
	'0,/^aad = \(.\{16\}\)../s//aad = \100/' 'does not end with the iv'
refuse aead-partial authenc_sha1_des.vec \
	'0,/^pt = ../s//pt = /;0,/^ct = ../s//ct = /' 'partial block'
refuse aead-parity authenc_sha1_des3.vec '0,/^key = ../s//key = 00/' 'key parity'
refuse aead-ivout authenc_md5_des3.vec '0,/^mac = /s//ivout = 00\n&/' 'does not take'
refuse unknown-aead authenc_sha1_aes.vec 's/cbc(aes)/ctr(aes)/' 'unknown algorithm'
refuse other-bytes aes_cbc.vec '2s/$/ /' 'generated again it differs'
refuse wire-kind wire.vec '0,/^kind = .*/{/^kind/d}' 'no kind'
refuse wire-bytes wire.vec '0,/^bytes = ./s//bytes = x/' 'bad bytes'
refuse wire-form wire.vec '0,/^bytes = /s//bytes=/' 'missing behind the key'
rm -rf "$scratch"
exit $bad
