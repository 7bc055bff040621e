/* broker.h: opens files for scripts, which run as somebody who may not be allowed to.
 * Floor main. A script that root keeps in a folder of root's own is still found, and so is what it require()s. */
#ifndef NLAB_MAIN_BROKER_H
#define NLAB_MAIN_BROKER_H

/* Serve one request from `socket` (the runner's end of the files socket): a path below `folder` (a directory's
 * descriptor), opened read-only; the descriptor, or the errno, goes to the reply socket that came with the request.
 * Nothing above the folder, no device and no pipe is ever opened (openat2(2), RESOLVE_BENEATH). */
void nlab_broker_serve(int socket, int folder);

#endif
