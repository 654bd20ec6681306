/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_FLAME_ASSETS_H
#define RG_RENDER_FLAME_ASSETS_H

/* The page, with names in double braces for what it is filled with. */
extern const char rg_flame_html[];
/* Its styles; the part of them that a picture needs. */
extern const char rg_flame_style[];
extern const char rg_flame_colors[];
extern const char rg_flame_script[];
/* SHA-256 of both, in base 64. */
extern const char rg_flame_style_hash[];
extern const char rg_flame_script_hash[];

#endif
