/* job.h: a job as Lua describes it: what is to be run, and its bounds.
 * Floor main. */
#ifndef NLAB_MAIN_JOB_H
#define NLAB_MAIN_JOB_H

#include "main/run.h"

#include <lua.h>

/* Read {path =, text =, experiment =, family = text or nil, mutation = text or nil, prompt = boolean, bounds = {timeout =,
 * memory =, output =, tmp =, packets =, calls =, processes =, files =}} at stack index `index` (above 0). A bound that is
 * not given has its usual value. The job borrows the texts of the table. Raises a Lua error when a field makes no sense. */
void nlab_job_read(lua_State *L, int index, struct nlab_job *job);

#endif
