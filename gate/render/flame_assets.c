/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame_assets.h"

/* The files of flame/, as embed.sh puts them; it defines what the header declares. */
#include "flame_embedded.h"
