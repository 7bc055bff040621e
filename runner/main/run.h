/* run.h: one run of one experiment, as the runner sees it: a recording, a lab, a deadline.
 * Floor main. */
#ifndef NLAB_MAIN_RUN_H
#define NLAB_MAIN_RUN_H

#include "facts/recording.h"
#include "lab/lab.h"

#include <stdint.h>
#include <sys/types.h>

/* What is to be run. Everything is borrowed until the run is closed. */
struct nlab_job {
	const char *path; /* the script's, as it was given */
	const char *text; /* its source, or NULL */
	size_t text_length;
	uint32_t experiment;  /* which of the script's experiments, from 1; 0: only say what it declares */
	const char *family;   /* of its variant, or NULL: the script process knows the names */
	uint32_t number;      /* the caller's */
	const char *mutation; /* for lua/netlab/lab/mutation.lua, or NULL */
	bool prompt;          /* the script process is told what to run, line by line, over run->prompt */
	struct nlab_bounds bounds;
};

/* The script process of a job: returns the exit status. */
typedef int nlab_script_function(void *context, const struct nlab_job *job, struct nlab_recording *recording,
				 const struct nlab_script_sockets *sockets);

struct nlab_run {
	struct nlab_job job;
	struct nlab_recording recording;
	struct nlab_lab_setup setup;
	nlab_script_function *script;
	void *context; /* of the script function */
	pid_t pid;
	int control, files, folder, pidfd;
	int prompt;                   /* -1 unless the job asks for it */
	int64_t started_ns, ended_ns; /* limit clock */
	int64_t deadline_ns;          /* limit clock */
	int64_t timeout_ns;           /* that it was given */
	bool over;                    /* the lab said that the experiment has come to its end */
	bool timed_out;               /* the deadline passed before that */
	bool killed;                  /* stopped by the caller */
	struct nlab_error error;      /* step is empty unless the lab could not be started */
};

/* Start a job. False with run->error when the lab could not be started. Free with nlab_run_close() in both cases. */
bool nlab_run_start(struct nlab_run *run, const struct nlab_job *job, nlab_script_function *script,
		    void *context);

/* Kill the lab and all in it with SIGKILL. */
void nlab_run_kill(struct nlab_run *run);

/* Wait for the lab's death (it must have been killed or be over), free everything. */
void nlab_run_close(struct nlab_run *run);

#endif
