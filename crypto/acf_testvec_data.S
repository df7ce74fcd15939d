/* SPDX-License-Identifier: GPL-2.0 */
/* Text of the vector files. Kbuild gives the directory by -I. */

.macro testvec file
	.globl	acf_testvec_\file\()_start
	.globl	acf_testvec_\file\()_end
acf_testvec_\file\()_start:
	.incbin	"\file\().vec"
acf_testvec_\file\()_end:
.endm

	.section .rodata, "a"

	testvec	aes_ecb
	testvec	aes_cbc
	testvec	aes_cfb
	testvec	aes_ofb
	testvec	aes_xts
	testvec	des_ecb
	testvec	des_cbc
	testvec	des_cfb
	testvec	des_ofb
	testvec	des3_ecb
	testvec	des3_cbc
	testvec	des3_cfb
	testvec	des3_ofb
	testvec	md5
	testvec	hmac_md5
	testvec	sha1
	testvec	hmac_sha1
	testvec	authenc_md5_aes
	testvec	authenc_md5_des
	testvec	authenc_md5_des3
	testvec	authenc_sha1_aes
	testvec	authenc_sha1_des
	testvec	authenc_sha1_des3

	.section .note.GNU-stack, "", %progbits
