// SPDX-License-Identifier: GPL-2.0
/* Table of the vector files whose text acf_testvec_data.S pulls in. */

#include <linux/kernel.h>

#include "acf_testvec.h"

#define ACF_TESTVEC_FILES(do) \
	do(aes_ecb) \
	do(aes_cbc) \
	do(aes_cfb) \
	do(aes_ofb) \
	do(aes_xts) \
	do(des_ecb) \
	do(des_cbc) \
	do(des_cfb) \
	do(des_ofb) \
	do(des3_ecb) \
	do(des3_cbc) \
	do(des3_cfb) \
	do(des3_ofb) \
	do(md5) \
	do(hmac_md5) \
	do(sha1) \
	do(hmac_sha1) \
	do(authenc_md5_aes) \
	do(authenc_md5_des) \
	do(authenc_md5_des3) \
	do(authenc_sha1_aes) \
	do(authenc_sha1_des) \
	do(authenc_sha1_des3)

#define DECLARE_TEXT(file) \
	extern const char acf_testvec_##file##_start[]; \
	extern const char acf_testvec_##file##_end[];

#define TABLE_ROW(file) { \
	.name = #file ".vec", \
	.start = acf_testvec_##file##_start, \
	.end = acf_testvec_##file##_end, \
},

ACF_TESTVEC_FILES(DECLARE_TEXT)

const struct acf_testvec_file acf_testvec_files[] = {
	ACF_TESTVEC_FILES(TABLE_ROW)
};

const unsigned int acf_nr_testvec_files = ARRAY_SIZE(acf_testvec_files);
