/* offer.h: what TAB does with the texts that it may complete to: editline(3). Floor main. */
#ifndef NLAB_MAIN_OFFER_H
#define NLAB_MAIN_OFFER_H

#include <histedit.h>
#include <lua.h>
#include <stdbool.h>

/* A list of texts at stack index `list` (above 1), and below it how many bytes before the cursor they replace: insert what
 * all of them begin with; when that is nothing new and there are several, print them. False when there is no text; otherwise
 * the line has to be displayed again. */
bool nlab_offer(EditLine *line, lua_State *L, int list);

#endif
