/* offer.h: what TAB does with the texts that it may complete to: editline(3). Floor main. */
#ifndef NLAB_MAIN_OFFER_H
#define NLAB_MAIN_OFFER_H

#include <histedit.h>
#include <lua.h>

/* A list of texts at stack index `list` (above 1), and below it how many bytes before the cursor they replace: insert what
 * all of them begin with; when that is nothing new and there are several, print them. Returns what the key has done, as
 * libedit wants it: CC_REFRESH, CC_REDISPLAY, CC_ERROR (no text). */
unsigned char nlab_offer(EditLine *line, lua_State *L, int list);

#endif
