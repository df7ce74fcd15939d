/* SPDX-License-Identifier: GPL-2.0 */
/* The machine that the experiments are made in, for who makes them. */
#ifndef SURVEY_MACHINE_H
#define SURVEY_MACHINE_H

struct vcard;

struct vcard *machine_start(void);
void machine_end(void);
/* How often somebody has begun to unlock the card. */
unsigned int machine_unlocks(void);
/* Its DMA memory is free again. */
void machine_forget(void);

#endif
